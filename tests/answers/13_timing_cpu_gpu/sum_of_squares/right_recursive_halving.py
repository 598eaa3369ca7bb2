def sum_of_squares(n: int) -> int:
    if n <= 1:
        return 0
    if n % 2:
        return sum_of_squares(n - 1) + (n - 1) ** 2
    h = n // 2
    return 2 * sum_of_squares(h) + h**3 + h * h * (h - 1)
