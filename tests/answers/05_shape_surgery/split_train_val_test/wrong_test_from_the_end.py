def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    n_train, n_val = n * train_pct // 100, n * val_pct // 100
    n_test = n - n_train - n_val
    return X[:n_train], X[n_train:-n_test], X[-n_test:]
