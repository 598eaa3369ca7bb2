def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = x
    result[x < low] = fill
    result[x > high] = fill
    return result
