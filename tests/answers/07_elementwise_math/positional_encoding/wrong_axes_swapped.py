def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    angle = np.arange(0, d, 2)[:, None] / 10000.0 ** (np.arange(n_pos) / d)
    table = np.empty((n_pos, d))
    table[:, 0::2] = np.sin(angle)
    table[:, 1::2] = np.cos(angle)
    return table
