def sum_of_squares(n: int) -> int:
    width = 10_000
    terms = np.zeros(-(-n // width) * width, dtype=np.int64)
    terms[:n] = np.arange(n)
    return sum((terms.reshape(-1, width) ** 2).sum(axis=1).tolist())
