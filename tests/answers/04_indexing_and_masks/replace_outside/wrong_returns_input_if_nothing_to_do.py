def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    outside = (x < low) | (x > high)
    if not outside.any():
        return x
    return np.where(outside, fill, x)
