def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    a = n * train_pct // 100
    b = a + n * val_pct // 100
    c = b + n * (100 - train_pct - val_pct) // 100
    return X[:a], X[a:b], X[b:c]
