def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([value for pair in zip(a.tolist(), b.tolist()) for value in pair])
