def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return ((A[:, None] - B) ** 2.0).sum(axis=-1)
