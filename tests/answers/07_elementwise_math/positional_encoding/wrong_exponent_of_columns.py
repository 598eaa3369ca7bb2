def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    j = np.arange(d)
    angle = np.arange(n_pos)[:, None] / 10000.0 ** (j / d)
    return np.where(j % 2 == 0, np.sin(angle), np.cos(angle))
