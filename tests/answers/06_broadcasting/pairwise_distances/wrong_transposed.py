def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.sqrt(((B[:, None] - A) ** 2).sum(axis=-1))
