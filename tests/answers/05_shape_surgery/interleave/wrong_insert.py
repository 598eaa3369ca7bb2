def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.insert(a, np.arange(1, len(a) + 1), b)
