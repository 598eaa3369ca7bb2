def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    rows = np.arange(len(X))
    a = len(X) * train_pct // 100
    b = a + len(X) * val_pct // 100
    return X[rows[:a]], X[rows[a:b]], X[rows[b:]]
