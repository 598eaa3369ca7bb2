def sum_of_squares(n: int) -> int:
    whole = np.arange(n - n % 1000).reshape(-1, 1000)
    rest = np.arange(n - n % 1000, n)
    return sum(map(int, (whole**2).sum(axis=1))) + int((rest**2).sum())
