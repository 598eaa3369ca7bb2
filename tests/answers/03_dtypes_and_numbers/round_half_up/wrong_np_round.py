def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    return np.round(x, decimals)
