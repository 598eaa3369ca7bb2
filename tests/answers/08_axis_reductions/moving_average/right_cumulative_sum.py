def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    sums = np.cumulative_sum(x.astype(float), include_initial=True)
    return (sums[k:] - sums[: len(sums) - k]) / k
