def unit_vector(v: np.ndarray) -> np.ndarray:
    return np.linalg.norm(v)
