def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    bins, _ = np.divmod(x, width)
    return np.array(bins, dtype=np.int64)
