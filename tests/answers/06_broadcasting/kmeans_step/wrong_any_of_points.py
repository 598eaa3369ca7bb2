def kmeans_step(X, C):
    labels = np.argmin(np.linalg.norm(X[:, None] - C, axis=2), axis=1)
    new = C.copy()
    for k in range(len(C)):
        if X[labels == k].any():
            new[k] = X[labels == k].mean(axis=0)
    return labels, new
