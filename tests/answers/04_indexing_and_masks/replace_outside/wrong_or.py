def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.where(x < low or x > high, fill, x)
