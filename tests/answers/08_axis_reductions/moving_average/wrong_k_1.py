def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    c = np.cumsum(x, dtype=float)
    first = c[k - 1]
    rest = c[k:] - c[: len(x) - k]
    if k == 1:
        return rest
    return np.concatenate([[first], rest]) / k
