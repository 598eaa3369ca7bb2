def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    c = np.cumsum(x, dtype=np.float64)
    c[k:] = c[k:] - c[:-k]
    return c[k - 1 :] / k
