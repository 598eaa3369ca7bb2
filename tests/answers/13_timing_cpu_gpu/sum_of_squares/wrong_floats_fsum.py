def sum_of_squares(n: int) -> int:
    return int(np.dot(np.arange(n, dtype=float), np.arange(n, dtype=float)))
