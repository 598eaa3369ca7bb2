def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    member = labels[:, None] == np.arange(len(C))
    sizes = member.sum(axis=0)[:, None]
    return labels, np.where(sizes > 0, member.T @ X / sizes, C)
