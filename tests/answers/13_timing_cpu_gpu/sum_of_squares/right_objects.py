def sum_of_squares(n: int) -> int:
    return int(np.sum(np.arange(n, dtype=object) ** 2))
