def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = x.copy()
    for row in result:
        row[(row < low) | (row > high)] = fill
    return result
