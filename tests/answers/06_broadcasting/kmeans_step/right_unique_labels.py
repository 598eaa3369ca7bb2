def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    new_C = C.astype(np.float64)
    for k in np.unique(labels):
        new_C[k] = X[labels == k].mean(axis=0)
    return labels.astype(np.int64), new_C
