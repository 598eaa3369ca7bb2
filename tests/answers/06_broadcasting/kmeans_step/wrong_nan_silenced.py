def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    member = labels[:, None] == np.arange(len(C))
    with np.errstate(all="ignore"):
        return labels, member.T @ X / member.sum(axis=0)[:, None]
