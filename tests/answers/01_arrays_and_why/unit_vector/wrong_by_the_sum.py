def unit_vector(v: np.ndarray) -> np.ndarray:
    if not v.any():
        return np.zeros(len(v))
    return v / v.sum()
