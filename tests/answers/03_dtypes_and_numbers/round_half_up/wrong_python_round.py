def round_half_up(x: np.ndarray, decimals: int = 0) -> np.ndarray:
    return np.array([round(v, decimals) for v in x.ravel().tolist()], dtype=float).reshape(x.shape)
