def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    return v / (np.linalg.norm(v) + 1e-8)
