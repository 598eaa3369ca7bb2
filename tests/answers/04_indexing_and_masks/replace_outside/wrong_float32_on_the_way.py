def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = x.astype(np.float32)
    result[(x < low) | (x > high)] = fill
    return result.astype(np.float64)
