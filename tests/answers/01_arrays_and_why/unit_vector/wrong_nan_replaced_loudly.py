def unit_vector(v: np.ndarray) -> np.ndarray:
    return np.nan_to_num(v / np.linalg.norm(v)).astype(np.float64)
