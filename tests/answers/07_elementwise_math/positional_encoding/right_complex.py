def positional_encoding(n_pos: int, d: int) -> np.ndarray:
    angle = np.arange(n_pos)[:, None] / 10000.0 ** (np.arange(0, d, 2) / d)
    wave = np.exp(1j * angle)
    return np.dstack([wave.imag, wave.real]).reshape(n_pos, d)
