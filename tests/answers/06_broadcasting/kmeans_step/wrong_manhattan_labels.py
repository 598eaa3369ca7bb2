def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = np.abs(X[:, None] - C).sum(axis=-1).argmin(axis=1)
    new_C = C.copy()
    for k in range(len(C)):
        if (labels == k).any():
            new_C[k] = X[labels == k].mean(axis=0)
    return labels, new_C
