def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = eps
        gradient[i] = (fn(x + step) - fn(x - step)) / (2 * eps)
    return gradient
