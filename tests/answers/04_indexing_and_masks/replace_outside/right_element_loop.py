def replace_outside(x: np.ndarray, low: float, high: float, fill: float) -> np.ndarray:
    result = np.empty_like(x)
    for place, value in np.ndenumerate(x):
        result[place] = fill if value < low or value > high else value
    return result
