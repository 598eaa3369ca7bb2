def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    n, h, w, c = x.shape
    sn, sh, sw, sc = x.strides
    return np.lib.stride_tricks.as_strided(x, (n, c, h, w), (sn, sc, sh, sw))
