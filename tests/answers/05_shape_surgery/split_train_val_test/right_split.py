def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = X.shape[0]
    first = n * train_pct // 100
    return tuple(np.split(X, [first, first + n * val_pct // 100]))
