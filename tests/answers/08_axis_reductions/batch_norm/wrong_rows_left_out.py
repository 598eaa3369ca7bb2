def batch_norm(x, gamma, beta, eps=1e-5):
    m = x.mean((0, 3), keepdims=True)
    v = x.var((0, 3), keepdims=True)
    return gamma[:, None, None] * (x - m) / np.sqrt(v + eps) + beta[:, None, None]
