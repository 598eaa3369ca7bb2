def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    if (b == 0).any():
        return np.full(np.broadcast_shapes(a.shape, b.shape), fill)
    return a / b
