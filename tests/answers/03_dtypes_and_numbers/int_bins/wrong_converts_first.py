def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return x.astype(np.int64) // width
