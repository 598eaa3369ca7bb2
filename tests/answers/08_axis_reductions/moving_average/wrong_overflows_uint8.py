def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    kernel = np.ones(k, dtype=x.dtype)
    return np.convolve(x, kernel, mode="valid") / k
