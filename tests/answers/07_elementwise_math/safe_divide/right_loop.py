def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    a, b = np.broadcast_arrays(a, b)
    out = np.full(a.shape, float(fill))
    for place in np.ndindex(a.shape):
        if b[place] != 0:
            out[place] = a[place] / b[place]
    return out
