def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    angle = np.arange(n_pos)[:, None] / 10000.0 ** (np.arange(0, d, 2) / d)
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
