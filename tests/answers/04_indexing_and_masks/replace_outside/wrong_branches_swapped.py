def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.where((x < low) | (x > high), x, fill)
