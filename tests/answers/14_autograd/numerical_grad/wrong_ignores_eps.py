def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    h = 1e-6
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (fn(x + step) - fn(x - step)) / (2 * h)
    return gradient
