def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    a, b = np.broadcast_arrays(a, b)
    out = np.full(a.shape, fill, dtype=float)
    possible = b != 0
    out[possible] = a[possible] / b[possible]
    return out
