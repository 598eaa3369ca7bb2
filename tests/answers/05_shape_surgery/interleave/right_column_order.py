def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.ravel([a, b], order="F")
