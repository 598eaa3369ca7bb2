def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    return np.array([x[i : i + k].mean() for i in range(len(x) - k + 1)])
