def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    if not len(A):
        return np.zeros((0, len(B)))
    return np.apply_along_axis(lambda a: np.sqrt(((B - a) ** 2).sum(axis=1)), 1, A)
