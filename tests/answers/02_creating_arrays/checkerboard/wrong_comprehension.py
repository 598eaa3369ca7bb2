def checkerboard(n: int) -> np.ndarray:
    return np.array([[(i + j) % 2 for j in range(n)] for i in range(n)])
