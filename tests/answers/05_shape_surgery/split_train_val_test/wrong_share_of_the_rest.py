def split_train_val_test(X, train_pct, val_pct):
    a = len(X) * train_pct // 100
    rest = X[a:]
    b = len(rest) * val_pct // 100
    return X[:a], rest[:b], rest[b:]
