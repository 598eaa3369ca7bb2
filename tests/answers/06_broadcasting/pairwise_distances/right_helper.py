def _squares(p, q):
    return np.square(p - q).sum(axis=-1)


def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.sqrt(_squares(A[:, None], B))
