def unit_vector(v: np.ndarray) -> np.ndarray:
    v = np.asarray(v, dtype=np.float64)
    length = np.sqrt(np.sum(v * v))
    if length == 0:
        return np.zeros_like(v)
    return v / length
