def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return np.permute_dims(x, (0, 3, 1, 2))
