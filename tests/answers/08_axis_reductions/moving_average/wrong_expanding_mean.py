def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    return np.cumsum(x, dtype=float)[k - 1 :] / np.arange(k, len(x) + 1)
