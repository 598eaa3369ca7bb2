def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack([a, b]).ravel()
