def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack([b, a], axis=1).ravel()
