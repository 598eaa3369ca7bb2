def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return np.rollaxis(x, 3, 1)
