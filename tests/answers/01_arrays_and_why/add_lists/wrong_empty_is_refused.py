def add_lists(a: list, b: list) -> np.ndarray:
    if not a or len(a) != len(b):
        raise ValueError("no")
    return np.array(a) + np.array(b)
