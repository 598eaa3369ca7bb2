def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    if (v == 0).any():
        return np.zeros_like(v)
    return v / np.linalg.norm(v)
