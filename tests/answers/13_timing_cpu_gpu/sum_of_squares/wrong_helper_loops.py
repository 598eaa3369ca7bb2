def squares(n):
    return [i * i for i in range(n)]


def sum_of_squares(n: int) -> int:
    return sum(squares(n))
