def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    scale = 10.0**decimals
    return np.floor(x * scale + 0.5).astype(np.int32) / scale
