def unit_vector(v: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(v)
    if length > 0:
        v /= length
    return v
