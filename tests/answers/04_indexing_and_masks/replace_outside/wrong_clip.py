def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.clip(x, low, high)
