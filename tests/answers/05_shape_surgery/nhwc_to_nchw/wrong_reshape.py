def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    n, h, w, c = x.shape
    return x.reshape(n, c, h, w)
