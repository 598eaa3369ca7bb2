def unit_vector(v: np.ndarray) -> np.ndarray:
    short = v.astype(np.float32)
    length = np.linalg.norm(short)
    return (short / length if length else short).astype(np.float64)
