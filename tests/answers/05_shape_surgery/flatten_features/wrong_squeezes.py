def flatten_features(x: np.ndarray) -> np.ndarray:
    return np.atleast_2d(x.reshape(x.shape[0], -1).squeeze()) if x.ndim > 1 else x[:, None]
