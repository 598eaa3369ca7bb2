def checkerboard(n: int) -> np.ndarray:
    return (np.arange(n * n) % 2).reshape(n, n)
