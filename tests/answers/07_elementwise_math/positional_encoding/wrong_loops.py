def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    table = np.zeros((n_pos, d))
    for p in range(n_pos):
        for i in range(0, d, 2):
            table[p, i] = np.sin(p / 10000 ** (i / d))
            table[p, i + 1] = np.cos(p / 10000 ** (i / d))
    return table
