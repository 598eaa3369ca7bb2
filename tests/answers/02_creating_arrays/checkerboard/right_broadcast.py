def checkerboard(n: int) -> np.ndarray:
    steps = np.arange(n)
    return (steps[:, None] + steps) % 2
