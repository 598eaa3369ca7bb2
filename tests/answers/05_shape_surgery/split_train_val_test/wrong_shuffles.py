def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    X = np.random.default_rng(0).permutation(X)
    a = len(X) * train_pct // 100
    b = a + len(X) * val_pct // 100
    return X[:a], X[a:b], X[b:]
