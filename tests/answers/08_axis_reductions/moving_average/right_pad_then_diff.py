def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    sums = np.pad(np.cumsum(x, dtype=float), (1, 0))
    starts = np.arange(len(x) - k + 1)
    return (sums[starts + k] - sums[starts]) / k
