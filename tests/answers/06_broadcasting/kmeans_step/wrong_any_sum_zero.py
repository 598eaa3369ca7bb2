def kmeans_step(X, C):
    X, C = X.astype(float), C.astype(float)
    labels = ((X[:, None] - C) ** 2).sum(-1).argmin(1)
    onehot = np.eye(len(C))[labels]
    sums = onehot.T @ X
    n = np.maximum(onehot.sum(0), 1)[:, None]
    return labels, np.where(sums == 0, C, sums / n)
