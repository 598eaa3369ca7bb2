def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    j = np.arange(d)
    return np.sin(np.arange(n_pos)[:, None] / 10000.0 ** ((j - j % 2) / d))
