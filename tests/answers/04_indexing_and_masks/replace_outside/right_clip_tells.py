def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.where(np.isnan(x) | (np.clip(x, low, high) == x), x, fill)
