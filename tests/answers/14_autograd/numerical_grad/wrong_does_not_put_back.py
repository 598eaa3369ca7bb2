def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    point = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        point[index] += eps
        high = fn(point)
        point[index] -= 2 * eps
        gradient[index] = (high - fn(point)) / (2 * eps)
    return gradient
