def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    flat = x.astype(float).ravel()
    gradient = np.empty_like(flat)
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += eps
        down[i] -= eps
        gradient[i] = (fn(up.reshape(x.shape)) - fn(down.reshape(x.shape))) / (eps + eps)
    return gradient.reshape(x.shape)
