def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    member = labels[:, None] == np.arange(len(C))
    return labels, member.T @ X / np.maximum(member.sum(axis=0), 1)[:, None]
