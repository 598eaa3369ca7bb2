def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = 1.0 * x
    np.putmask(result, np.logical_or(x < low, x > high), fill)
    return result
