def sum_of_squares(n: int) -> int:
    total = i = 0
    while i < n:
        total += i**2
        i += 1
    return total
