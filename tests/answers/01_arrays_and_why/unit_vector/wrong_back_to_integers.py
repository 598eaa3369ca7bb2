def unit_vector(v: np.ndarray) -> np.ndarray:
    if not v.any():
        return np.zeros(len(v))
    result = v.copy()
    result[:] = v / np.linalg.norm(v)
    return result.astype(np.float64)
