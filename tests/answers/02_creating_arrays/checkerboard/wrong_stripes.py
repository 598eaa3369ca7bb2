def checkerboard(n: int) -> np.ndarray:
    return np.tile(np.arange(n) % 2, (n, 1))
