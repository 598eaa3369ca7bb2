def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = eps
        gradient[index] = (fn(x + step) - fn(x - step)) / eps
    return gradient
