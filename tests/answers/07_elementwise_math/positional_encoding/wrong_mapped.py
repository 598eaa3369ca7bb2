def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    table = np.empty((n_pos, d))
    exponent = np.arange(0, d, 2) / d

    def fill(p):
        table[p, 0::2] = np.sin(p / 10000**exponent)
        table[p, 1::2] = np.cos(p / 10000**exponent)

    list(map(fill, range(n_pos)))
    return table
