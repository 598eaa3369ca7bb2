def add_lists(a: list, b: list) -> np.ndarray:
    return np.array(a) + np.array(b)
