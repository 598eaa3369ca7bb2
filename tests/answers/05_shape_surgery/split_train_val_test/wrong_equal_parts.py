def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    return tuple(np.array_split(X, 3))
