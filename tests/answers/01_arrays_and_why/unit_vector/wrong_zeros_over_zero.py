def unit_vector(v: np.ndarray) -> np.ndarray:
    return v / np.linalg.norm(v)
