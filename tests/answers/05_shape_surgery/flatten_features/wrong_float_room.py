def flatten_features(x: np.ndarray) -> np.ndarray:
    out = np.zeros((x.shape[0], x[0].size))
    out[:] = x.reshape(x.shape[0], -1)
    return out
