def checkerboard(n: int) -> np.ndarray:
    return np.tile(np.array([[0, 1], [1, 0]]), (n // 2, n // 2))
