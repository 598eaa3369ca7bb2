def add_lists(a: list, b: list) -> np.ndarray:
    if len(b) > len(a):
        raise ValueError("b is too long")
    return np.array(a) + np.array(b)
