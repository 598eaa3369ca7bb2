def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    scale = 10.0**decimals
    return (x * scale + 0.5) // 1 / scale
