def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    s = 10.0**decimals
    return (x * s + 0.5).astype(np.int64) / s
