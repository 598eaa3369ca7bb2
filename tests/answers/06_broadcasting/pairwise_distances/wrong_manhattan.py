def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.abs(A[:, None] - B).sum(axis=-1).astype(np.float64)
