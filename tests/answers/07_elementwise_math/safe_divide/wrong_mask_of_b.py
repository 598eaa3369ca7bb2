def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    out = np.full(b.shape, fill, dtype=float)
    out[b != 0] = a[b != 0] / b[b != 0]
    return out
