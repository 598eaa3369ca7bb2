def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    j = np.arange(d)
    angle = np.arange(n_pos)[:, np.newaxis] / np.power(1e4, (j - j % 2) / d)
    return np.sin(angle + (j % 2) * np.pi / 2)
