def checkerboard(n: int) -> np.ndarray:
    odd = np.arange(n) % 2 == 1
    return np.not_equal.outer(odd, odd).astype(np.int64)
