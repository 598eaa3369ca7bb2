def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    s = 10.0**decimals
    return np.floor(x.astype(np.float32) * s + 0.5) / s
