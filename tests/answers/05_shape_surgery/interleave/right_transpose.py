def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([a, b]).T.flatten()
