def flatten_features(x: np.ndarray) -> np.ndarray:
    if x.ndim == 1:
        return x[:, None]
    return x.ravel(order="K").reshape(x.shape[0], -1)
