def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    d = np.expand_dims(A, 1) - np.expand_dims(B, 0)
    return np.sqrt(np.einsum("nmd,nmd->nm", d, d).astype(np.float64))
