def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    below = np.less(x, low)
    above = np.greater(x, high)
    result = np.array(x)
    result[below] = fill
    result[above] = fill
    return result
