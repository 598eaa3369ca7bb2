def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = np.array([np.linalg.norm(C - x, axis=1).argmin() for x in X])
    new_C = C.copy()
    for k in range(len(C)):
        if np.sum(labels == k) > 0:
            new_C[k] = X[labels == k].mean(axis=0)
    return labels, new_C
