def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    a = X.size * train_pct // 100
    b = a + X.size * val_pct // 100
    return X[:a], X[a:b], X[b:]
