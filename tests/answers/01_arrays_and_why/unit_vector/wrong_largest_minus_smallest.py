def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    span = v.max() - v.min()
    return (v - v.min()) / span if span else np.zeros_like(v)
