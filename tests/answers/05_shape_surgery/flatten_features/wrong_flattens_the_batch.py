def flatten_features(x: np.ndarray) -> np.ndarray:
    return x.flatten()
