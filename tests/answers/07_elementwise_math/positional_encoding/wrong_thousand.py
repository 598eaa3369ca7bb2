def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    angle = np.arange(n_pos)[:, None] / 1000.0 ** (np.arange(0, d, 2) / d)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(n_pos, d)
