def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return (x // width).astype(np.int8).astype(np.int64)
