def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    return tuple(np.split(X, [n * train_pct // 100, n * val_pct // 100]))
