def nhwc_to_nchw(x: np.ndarray) -> np.ndarray:
    return np.stack([x[..., c] for c in range(x.shape[-1])], axis=1)
