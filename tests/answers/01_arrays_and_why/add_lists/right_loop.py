def add_lists(a: list, b: list) -> np.ndarray:
    if len(a) != len(b):
        raise ValueError("the lists must be equally long")
    result = []
    for place in range(len(a)):
        result.append(a[place] + b[place])
    return np.array(result)
