def checkerboard(n: int) -> np.ndarray:
    return np.fromfunction(lambda i, j: (i + j) % 2, (n, n), dtype=np.int64)
