def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    y = x * 10.0**decimals
    low = np.floor(y)
    return (low + (y - low >= 0.5)) / 10.0**decimals
