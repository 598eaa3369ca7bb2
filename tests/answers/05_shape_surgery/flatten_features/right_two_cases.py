def flatten_features(x: np.ndarray) -> np.ndarray:
    if x.ndim == 1:
        return x[:, np.newaxis]
    n, *rest = x.shape
    size = 1
    for length in rest:
        size *= length
    return x.reshape(n, size)
