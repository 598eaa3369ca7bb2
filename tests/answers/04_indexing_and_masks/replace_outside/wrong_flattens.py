def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    return np.array([fill if v < low or v > high else v for v in x.ravel()])
