def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = x.copy()
    result[result < low] = fill
    return result
