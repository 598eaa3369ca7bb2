def checkerboard(n: int) -> np.ndarray:
    half = n // 2 + 1
    return np.tile(np.array([[0, 1], [1, 0]]), (half, half))[:n, :n]
