def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    d = A.T[:, :, None] - B.T[:, None, :]
    return np.sqrt(np.add.reduce(d * d, axis=0))
