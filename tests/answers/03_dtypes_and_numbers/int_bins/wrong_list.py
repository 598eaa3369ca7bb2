def int_bins(x: np.ndarray, width: int) -> np.ndarray:
    return [int(v // width) for v in x]
