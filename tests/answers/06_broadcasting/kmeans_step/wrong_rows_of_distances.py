def kmeans_step(X, C):
    d2 = ((X[:, None] - C) ** 2).sum(-1)
    labels = np.array([row.argmin() for row in d2], dtype=np.int64)
    new = C.copy()
    for k in range(len(C)):
        if (labels == k).any():
            new[k] = X[labels == k].mean(0)
    return labels, new
