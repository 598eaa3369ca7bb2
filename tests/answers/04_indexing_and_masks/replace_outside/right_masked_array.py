def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.ma.masked_outside(x, low, high).filled(fill)
