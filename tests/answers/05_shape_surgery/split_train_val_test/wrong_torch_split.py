def split_train_val_test(X: np.ndarray, train_pct: int, val_pct: int) -> tuple:
    n = len(X)
    a, b = n * train_pct // 100, n * val_pct // 100
    return torch.split(torch.from_numpy(X), [a, b, n - a - b])
