def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return x.swapaxes(1, 3).swapaxes(2, 3)
