def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    distances = np.linalg.norm(X[:, None, :] - C[None, :, :], axis=2)
    labels = np.argmin(distances, axis=1)
    member = labels[:, None] == np.arange(len(C))
    sizes = member.sum(axis=0)[:, None]
    means = (member.T @ X) / np.maximum(sizes, 1)
    return labels, np.where(sizes > 0, means, C)
