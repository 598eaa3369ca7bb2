def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.linalg.norm(A[:, np.newaxis, :] - B, axis=2)
