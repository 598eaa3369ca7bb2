def sum_of_squares(n: int) -> int:
    return sum(int((part * part).sum()) for part in np.array_split(np.arange(n, dtype=np.int64), 1000))
