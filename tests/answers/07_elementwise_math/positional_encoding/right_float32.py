def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    position, pair = np.meshgrid(np.arange(n_pos), np.arange(d // 2), indexing="ij")
    angle = position / 10000 ** (2 * pair / d)
    table = np.zeros((n_pos, d), dtype=np.float32)
    table[:, 0::2], table[:, 1::2] = np.sin(angle), np.cos(angle)
    return table
