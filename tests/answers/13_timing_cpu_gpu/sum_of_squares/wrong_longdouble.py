def sum_of_squares(n: int) -> int:
    k = np.arange(n, dtype=np.longdouble)
    return int(np.sum(k * k))
