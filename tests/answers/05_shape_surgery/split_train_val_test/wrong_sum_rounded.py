def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    first, second = n * train_pct // 100, n * (train_pct + val_pct) // 100
    return X[:first], X[first:second], X[second:]
