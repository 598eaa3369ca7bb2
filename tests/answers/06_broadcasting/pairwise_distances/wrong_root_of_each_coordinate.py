def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.sqrt((A[:, None] - B) ** 2).sum(axis=-1)
