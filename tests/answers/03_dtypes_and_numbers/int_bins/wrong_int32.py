def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return np.floor(x / width).astype(np.int32)
