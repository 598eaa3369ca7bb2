def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] = up[index] + eps
        down[index] = down[index] - eps
        gradient[index] = (fn(up) - fn(down)) / (2 * eps)
    return gradient
