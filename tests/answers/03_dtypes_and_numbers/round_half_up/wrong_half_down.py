def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    s = 10.0**decimals
    return np.ceil(x * s - 0.5) / s
