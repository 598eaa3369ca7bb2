def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    point = x.astype(np.float64)
    gradient = np.zeros_like(point)
    for index in np.ndindex(*point.shape):
        old = point[index]
        point[index] = old + eps
        high = fn(point)
        point[index] = old - eps
        low = fn(point)
        point[index] = old
        gradient[index] = 0.5 * (high - low) / eps
    return gradient
