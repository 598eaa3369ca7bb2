def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    j = np.arange(d)
    angle = np.arange(n_pos).reshape(-1, 1) * 10000.0 ** (-2 * (j // 2) / d)
    return np.where(j % 2 == 0, np.sin(angle), np.cos(angle))
