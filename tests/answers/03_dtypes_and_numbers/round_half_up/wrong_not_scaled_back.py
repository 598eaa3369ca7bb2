def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    return np.floor(x * 10.0**decimals + 0.5)
