def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    out = np.full(np.broadcast_shapes(a.shape, b.shape), fill, dtype=float)
    return np.divide(a, b, out=out, where=b > 0)
