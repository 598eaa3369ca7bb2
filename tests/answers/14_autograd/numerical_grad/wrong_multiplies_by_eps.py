def numerical_grad(fn, x, eps=1e-6):
    p = x.astype(float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        s = np.zeros(x.shape)
        s[i] = eps
        g[i] = (fn(p + s) - fn(p - s)) / 2 * eps
    return g
