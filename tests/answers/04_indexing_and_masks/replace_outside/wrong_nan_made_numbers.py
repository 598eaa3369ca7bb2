def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    x = np.nan_to_num(x)
    return np.where((x < low) | (x > high), fill, x)
