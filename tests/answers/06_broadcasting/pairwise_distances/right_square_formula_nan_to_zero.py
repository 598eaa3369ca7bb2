def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.sqrt((A * A).sum(1, keepdims=True) + (B * B).sum(1) - 2 * A.dot(B.T)))
