def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    squares = (X**2).sum(1)[:, None] - 2 * X @ C.T + (C**2).sum(1)
    labels = squares.argmin(1)
    new_C = np.stack([X[labels == k].mean(0) if (labels == k).any() else c for k, c in enumerate(C)])
    return labels, new_C
