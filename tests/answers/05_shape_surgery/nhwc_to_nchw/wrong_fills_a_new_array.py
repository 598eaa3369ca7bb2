def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    n, h, w, c = x.shape
    y = np.zeros((n, c, h, w))
    for k in range(c):
        y[:, k] = x[:, :, :, k]
    return y
