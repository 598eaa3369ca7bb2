def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    cut = (x / width).astype(np.int64)
    return np.where(x < 0, cut - 1, cut)
