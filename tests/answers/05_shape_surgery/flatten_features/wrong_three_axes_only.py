def flatten_features(x: np.ndarray) -> np.ndarray:
    n, h, w = x.shape
    return x.reshape(n, h * w)
