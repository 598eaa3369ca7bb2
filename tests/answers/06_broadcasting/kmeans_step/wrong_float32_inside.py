def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    X, C = X.astype(np.float32), C.astype(np.float32)
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)
    new_C = C.copy()
    for k in range(len(C)):
        if (labels == k).any():
            new_C[k] = X[labels == k].mean(axis=0)
    return labels, new_C.astype(np.float64)
