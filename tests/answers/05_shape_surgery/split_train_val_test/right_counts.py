def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    n_train, n_val = n * train_pct // 100, n * val_pct // 100
    n_test = n - n_train - n_val
    train = X[0:n_train]
    rest = X[n_train:]
    return train, rest[:n_val], rest[n_val : n_val + n_test]
