def unit_vector(v: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros(len(v))
    return v / length
