def add_lists(a: list, b: list) -> np.ndarray:
    n = max(len(a), len(b))
    return np.array(a + [0] * (n - len(a))) + np.array(b + [0] * (n - len(b)))
