def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    sums = [0.0]
    i = 0
    while i < len(x):
        sums.append(sums[-1] + float(x[i]))
        i += 1
    sums = np.array(sums)
    return (sums[k:] - sums[:-k]) / k
