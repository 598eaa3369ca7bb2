def unit_vector(v: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(v)
    return [float(x) / float(length or 1) for x in v]
