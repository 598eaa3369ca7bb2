def checkerboard(n: int) -> np.ndarray:
    rows, columns = np.indices((n, n))
    return rows * columns % 2
