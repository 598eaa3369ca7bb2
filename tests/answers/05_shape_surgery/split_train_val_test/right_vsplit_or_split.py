def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    a = X.shape[0] * train_pct // 100
    b = X.shape[0] * val_pct // 100
    return tuple(np.vsplit(X, [a, a + b])) if X.ndim > 1 else tuple(np.hsplit(X, [a, a + b]))
