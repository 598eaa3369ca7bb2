def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = x.copy()
    result[(x < low) | (x > high)] = fill
    return result
