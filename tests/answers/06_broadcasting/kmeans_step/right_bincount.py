def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = ((X[:, None] - C) ** 2).sum(axis=-1).argmin(axis=1)

    counts = np.bincount(labels, minlength=len(C))
    sums = np.stack([np.bincount(labels, weights=X[:, d], minlength=len(C)) for d in range(X.shape[1])], axis=1)
    new_C = np.where(counts[:, None] == 0, C, sums / np.maximum(counts, 1)[:, None])
    return labels, new_C
