def sum_of_squares(n: int) -> int:
    total = np.int64(0)
    for start in range(0, n, 10_000):
        total += (np.arange(start, min(start + 10_000, n)) ** 2).sum()
    return int(total)
