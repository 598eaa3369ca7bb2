def _even(n, k):
    return [] if k == n else [np.arange(n) % 2] + _odd(n, k + 1)


def _odd(n, k):
    return [] if k == n else [1 - np.arange(n) % 2] + _even(n, k + 1)


def checkerboard(n):
    return np.array(_even(n, 0), dtype=np.int64)
