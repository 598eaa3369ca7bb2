def _nearest(points, centres):
    return np.square(points[:, None] - centres).sum(-1).argmin(-1)


def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    labels = _nearest(X, C)
    new_C = C + 0.0
    for k in range(len(C)):
        members = X[labels == k]
        new_C[k] = members.mean(0) if len(members) else C[k]
    return (labels, new_C)
