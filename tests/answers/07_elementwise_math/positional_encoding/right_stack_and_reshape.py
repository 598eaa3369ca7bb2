def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    i = np.arange(d // 2)
    angle = np.arange(n_pos)[:, None] / np.power(10000, 2 * i / d)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(n_pos, d)
