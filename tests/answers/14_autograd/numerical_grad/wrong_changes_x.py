def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += eps
        high = fn(x)
        x[index] -= 2 * eps
        low = fn(x)
        x[index] += eps
        gradient[index] = (high - low) / (2 * eps)
    return gradient
