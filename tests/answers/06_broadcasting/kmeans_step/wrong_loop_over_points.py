def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = np.zeros(len(X), dtype=np.int64)
    for i in range(len(X)):
        labels[i] = ((X[i] - C) ** 2).sum(axis=1).argmin()
    new_C = C.copy()
    for k in range(len(C)):
        if (labels == k).any():
            new_C[k] = X[labels == k].mean(axis=0)
    return labels, new_C
