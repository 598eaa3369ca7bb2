def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    c = np.cumsum(x, dtype=np.float64).tolist()
    c.insert(0, 0.0)
    return np.array([(c[i + k] - c[i]) / k for i in range(len(x) - k + 1)])
