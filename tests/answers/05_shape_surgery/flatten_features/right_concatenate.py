def flatten_features(x: np.ndarray) -> np.ndarray:
    return np.concatenate([sample.reshape(1, -1) for sample in x], axis=0)
