def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    return np.array(
        [[(np.cos if j % 2 else np.sin)(p / 10000 ** ((j - j % 2) / d)) for j in range(d)] for p in range(n_pos)]
    )
