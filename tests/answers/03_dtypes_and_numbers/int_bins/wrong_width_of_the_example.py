def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return (x // 10).astype(np.int64)
