def sum_of_squares(n: int) -> int:
    total = 0
    for start in range(0, n, 10_000):
        block = np.arange(start, min(start + 10_000, n))
        total += int((block**2).sum())
    return total
