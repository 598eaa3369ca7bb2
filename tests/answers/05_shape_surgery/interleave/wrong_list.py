def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return [value for pair in zip(a, b) for value in pair]
