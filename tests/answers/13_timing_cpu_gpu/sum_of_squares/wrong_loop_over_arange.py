def sum_of_squares(n: int) -> int:
    total = 0
    for i in np.arange(n):
        total += int(i) ** 2
    return total
