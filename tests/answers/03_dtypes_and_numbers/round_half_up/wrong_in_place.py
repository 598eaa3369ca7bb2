def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    s = 10.0**decimals
    x *= s
    x += 0.5
    return np.floor(x) / s
