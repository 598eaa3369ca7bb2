def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    a = int(len(X) * train_pct / 100)
    b = a + int(len(X) * val_pct / 100)
    return (X[slice(a)], X[slice(a, b)], X[slice(b, None)])
