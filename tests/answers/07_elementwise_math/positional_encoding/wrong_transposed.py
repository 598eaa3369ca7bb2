def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    angle = np.arange(n_pos)[:, None] / 10000.0 ** (np.arange(0, d, 2) / d)
    table = np.empty((d, n_pos))
    table[0::2] = np.sin(angle).T
    table[1::2] = np.cos(angle).T
    return table
