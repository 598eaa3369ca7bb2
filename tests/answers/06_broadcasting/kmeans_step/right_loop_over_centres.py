def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    new_C = C.copy()
    for k in range(C.shape[0]):
        mine = labels == k
        if mine.any():
            new_C[k] = X[mine].mean(axis=0)
    return labels, new_C
