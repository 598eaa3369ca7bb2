def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    n = len(x)
    result = np.empty(n - k + 1)
    total = float(x[:k].sum(dtype=np.float64))
    result[0] = total / k
    for i in range(k, n):
        total += float(x[i]) - float(x[i - k])
        result[i - k + 1] = total / k
    return result
