def sum_of_squares(n: int) -> int:
    return sum([i**2 for i in range(n)])
