def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    c = np.cumsum(x, dtype=np.float64)
    return (c[k:] - c[:-k]) / k
