def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    new_C = np.array([X[labels == k].mean(axis=0) for k in range(len(C))])
    return labels, new_C
