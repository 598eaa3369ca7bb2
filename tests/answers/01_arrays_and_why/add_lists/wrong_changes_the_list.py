def add_lists(a: list, b: list) -> np.ndarray:
    if len(a) != len(b):
        raise ValueError("the lists must be equally long")
    for place, value in enumerate(b):
        a[place] += value
    return np.array(a)
