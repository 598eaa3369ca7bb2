def sum_of_squares(n: int) -> int:
    return int((n - 1) * n * (2 * n - 1) / 6)
