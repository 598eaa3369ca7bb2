def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    first = int(np.floor(x.min() / width))
    edges = np.arange(first, int(np.floor(x.max() / width)) + 2) * width
    return np.digitize(x, edges).astype(np.int64) - 1 + first
