def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return x.T
