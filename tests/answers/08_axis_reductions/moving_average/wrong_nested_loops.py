def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    result = np.zeros(len(x) - k + 1)
    for i in range(len(result)):
        for j in range(k):
            result[i] += x[i + j] / k
    return result
