def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.concatenate([a, b])
