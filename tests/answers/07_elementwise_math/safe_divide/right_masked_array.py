def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    a, b = np.broadcast_arrays(a, b)
    divisor = np.ma.masked_equal(b, 0).filled(1).astype(float)
    out = np.true_divide(a, divisor)
    out[b == 0] = fill
    return out
