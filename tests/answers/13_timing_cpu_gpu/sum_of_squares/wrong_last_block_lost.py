def sum_of_squares(n: int) -> int:
    total = 0
    for k in range(n // 10_000):
        total += int((np.arange(k * 10_000, (k + 1) * 10_000) ** 2).sum())
    return total
