def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    a = n * train_pct // 100
    return np.split(X, [a, a + n * val_pct // 100])
