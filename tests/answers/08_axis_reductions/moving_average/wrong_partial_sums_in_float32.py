def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    sums = np.concatenate([[0.0], np.cumsum(x)])
    return (sums[k:] - sums[:-k]) / k
