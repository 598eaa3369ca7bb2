def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    pairs = np.repeat(A, len(B), axis=0) - np.tile(B, (len(A), 1))
    return np.sqrt((pairs**2).sum(axis=1)).reshape(len(A), len(B)).astype(np.float64)
