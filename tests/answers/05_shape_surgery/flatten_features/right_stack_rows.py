def flatten_features(x: np.ndarray) -> np.ndarray:
    return np.stack([sample.ravel() for sample in x])
