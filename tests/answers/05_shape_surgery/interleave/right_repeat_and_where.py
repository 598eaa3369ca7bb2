def interleave(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    number = np.arange(2 * len(a))
    return np.where(number % 2 == 0, np.repeat(a, 2), np.repeat(b, 2))
