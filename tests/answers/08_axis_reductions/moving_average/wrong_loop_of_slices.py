def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    result = np.empty(len(x) - k + 1)
    for i in range(len(result)):
        result[i] = sum(x[i : i + k].tolist()) / k
    return result
