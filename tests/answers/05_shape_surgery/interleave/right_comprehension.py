def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array([value for pair in zip(a, b) for value in pair], dtype=np.result_type(a, b))
