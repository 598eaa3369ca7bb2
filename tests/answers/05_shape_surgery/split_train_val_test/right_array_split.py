def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = X.shape[0]
    sizes = np.array([n * train_pct, n * val_pct]) // 100
    train, val, test = np.array_split(X, np.cumsum(sizes))
    return train, val, test
