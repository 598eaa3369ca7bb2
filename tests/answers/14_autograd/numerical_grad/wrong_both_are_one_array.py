def numerical_grad(fn, x, eps=1e-6):
    p = x.astype(float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = p
        down = p
        up[i] += eps
        down[i] -= eps
        g[i] = (fn(up) - fn(down)) / (2 * eps)
    return g
