def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    total = 0.0
    averages = []
    for i, value in enumerate(x.tolist()):
        total += value
        if i >= k:
            total -= x[i - k]
        if i >= k - 1:
            averages.append(total / k)
    return np.array(averages, dtype=np.float64)
