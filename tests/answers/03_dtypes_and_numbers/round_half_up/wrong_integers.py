def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    if decimals == 0:
        return np.floor(x + 0.5).astype(np.int64)
    return np.floor(x * 10**decimals + 0.5) / 10**decimals
