parity = np.vectorize(lambda i, j: (i + j) % 2)


def checkerboard(n: int) -> np.ndarray:
    return parity(*np.indices((n, n)))
