def unit_vector(v: np.ndarray) -> np.ndarray:
    length = sum(float(x) ** 2 for x in v) ** 0.5 or 1.0
    return np.array([float(x) / length for x in v])
