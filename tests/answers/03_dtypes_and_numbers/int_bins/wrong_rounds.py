def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return np.round(x / width).astype(np.int64)
