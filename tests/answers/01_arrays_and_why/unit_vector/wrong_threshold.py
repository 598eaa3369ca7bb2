def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    length = np.linalg.norm(v)
    return v / length if length > 1e-8 else np.zeros_like(v)
