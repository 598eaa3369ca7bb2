def numerical_grad(fn, x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    y = x.astype(np.float64)  # keeps the memory order of x
    flat = y.ravel()  # a copy if that is not C order
    g = np.zeros(x.size)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + eps
        up = fn(y)
        flat[i] = old - eps
        dn = fn(y)
        flat[i] = old
        g[i] = (up - dn) / (2 * eps)
    return g.reshape(x.shape)
