def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return x.transpose(0, 2, 3, 1)
