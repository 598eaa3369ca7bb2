def kmeans_step(X, C):
    d = ((X[:, None] - C) ** 2).sum(-1)
    labels = d.argmin(1)
    one = (labels[:, None] == np.arange(len(C))).astype(float)
    n = one.sum(0)
    new = np.where(n[:, None] > 0, one.T @ X / np.maximum(n, 1)[:, None], C)
    return labels, new
