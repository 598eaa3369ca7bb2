def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    s = 10 * decimals if decimals else 1
    return np.floor(x * s + 0.5) / s
