def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    x[(x < low) | (x > high)] = fill
    return x
