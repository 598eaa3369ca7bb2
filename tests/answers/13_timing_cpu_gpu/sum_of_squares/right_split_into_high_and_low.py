def sum_of_squares(n: int) -> int:
    squares = np.arange(n, dtype=np.uint64) ** 2
    high, low = squares >> np.uint64(24), squares & np.uint64(2**24 - 1)
    return (int(high.sum()) << 24) + int(low.sum())
