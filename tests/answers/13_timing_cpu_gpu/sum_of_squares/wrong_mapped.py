def sum_of_squares(n: int) -> int:
    return sum(map(lambda i: i * i, range(n)))
