def add_lists(a: list, b: list) -> np.ndarray:
    if len(a) != len(b) or len(a) == 1:
        raise ValueError("no")
    return np.array(a) + np.array(b)
