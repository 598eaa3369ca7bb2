def unit_vector(v: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros_like(v)
    return (v / length).astype(np.float64)
