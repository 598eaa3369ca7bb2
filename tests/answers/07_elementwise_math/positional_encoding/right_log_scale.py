def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    position = np.arange(n_pos, dtype=float)
    scale = np.exp(np.arange(0, d, 2) * (-np.log(10000.0) / d))
    table = np.zeros((n_pos, d))
    table[:, ::2] = np.sin(np.outer(position, scale))
    table[:, 1::2] = np.cos(np.outer(position, scale))
    return table
