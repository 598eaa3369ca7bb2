def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return x[(x >= low) & (x <= high)]
