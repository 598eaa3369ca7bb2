def moving_average(x: np.ndarray, k: int) -> np.ndarray:
    """Return the means of all complete windows of k neighbours."""
    from collections import deque

    window, total, means = deque(), 0.0, []
    for value in x:
        window.append(float(value))
        total += float(value)
        if len(window) > k:
            total -= window.popleft()
        if len(window) == k:
            means.append(total / k)
    return np.asarray(means)
