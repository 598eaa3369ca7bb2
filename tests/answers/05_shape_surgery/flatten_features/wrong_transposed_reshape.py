def flatten_features(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, x.shape[0]).T
