def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(float)
    length = np.linalg.norm(v)
    return np.divide(v, length, out=np.zeros_like(v), where=length > 0)
