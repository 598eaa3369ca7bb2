def sum_of_squares(n: int) -> int:
    last = n - 1
    return last * (last + 1) * (2 * last + 1) // 6
