def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up = x.copy()
        up[index] += eps
        gradient[index] = (fn(up) - fn(x)) / eps
    return gradient
