def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return np.ceil(x / width).astype(np.int64) - 1
