def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    x = np.array(x, dtype=np.float64)
    steps = eps * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(fn(x + step) - fn(x - step)) / (2 * eps) for step in steps]
    return np.array(slopes, dtype=np.float64).reshape(x.shape)
