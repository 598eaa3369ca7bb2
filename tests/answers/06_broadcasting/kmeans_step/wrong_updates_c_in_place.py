def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    for k in range(len(C)):
        if (labels == k).any():
            C[k] = X[labels == k].mean(axis=0)
    return labels, C
