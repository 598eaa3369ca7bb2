def flatten_features(x: np.ndarray) -> np.ndarray:
    out = np.empty((x.shape[0], x[0].size), dtype=x.dtype)
    for i, sample in enumerate(x):
        out[i] = sample.flat
    return out
