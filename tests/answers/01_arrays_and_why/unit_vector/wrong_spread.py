def unit_vector(v: np.ndarray) -> np.ndarray:
    v = v.astype(np.float64)
    spread = v.std()
    return (v - v.mean()) / spread if spread > 0 else np.zeros_like(v)
