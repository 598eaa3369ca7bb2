def block_sum(start, stop):
    block = np.arange(start, stop, dtype=np.int64)
    return int(block @ block)


def sum_of_squares(n: int) -> int:
    size = 20_000
    return sum(block_sum(k * size, min((k + 1) * size, n)) for k in range(-(-n // size)))
