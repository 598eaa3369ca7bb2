def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return np.floor((x - x.min()) / width).astype(np.int64)
