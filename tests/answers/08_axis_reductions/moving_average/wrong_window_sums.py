def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    return np.convolve(x.astype(np.float64), np.ones(k), mode="valid")
