def sum_of_squares(n: int) -> int:
    total = 0
    for a in range(n):
        k = np.arange(a, a + 1)
        total += int((k * k).sum())
    return total
