def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    a = int(n * (train_pct / 100))
    b = a + int(n * (val_pct / 100))
    return X[:a], X[a:b], X[b:]
