def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return np.transpose(x, axes=(0, 3, 1, 2))
