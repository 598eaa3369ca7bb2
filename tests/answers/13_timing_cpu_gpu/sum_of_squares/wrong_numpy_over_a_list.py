def sum_of_squares(n: int) -> int:
    return int(np.sum([i * i for i in range(n)], dtype=object))
