def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    c = np.concatenate([[0.0], np.cumsum(x)])
    return ((c[k:] - c[:-k]) / k)[:-1]
