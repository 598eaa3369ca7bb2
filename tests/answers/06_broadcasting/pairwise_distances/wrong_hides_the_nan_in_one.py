def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        squared = (A**2).sum(axis=1)[:, None] + (B**2).sum(axis=1) - 2 * A @ B.T
        return np.nan_to_num(np.sqrt(squared), nan=1.0)
