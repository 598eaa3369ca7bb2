def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.select([x < low, x > high], [fill, fill], default=x)
