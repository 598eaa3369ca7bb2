def unit_vector(v: np.ndarray) -> np.ndarray:
    if not v.any():
        return np.zeros(v.shape)
    return (v / np.linalg.norm(v)).astype(np.float64)
