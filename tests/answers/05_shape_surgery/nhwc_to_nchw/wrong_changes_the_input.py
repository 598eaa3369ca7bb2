def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    n, h, w, c = x.shape
    x[:] = x.transpose(0, 3, 1, 2).reshape(n, h, w, c)
    return x.reshape(n, c, h, w)
