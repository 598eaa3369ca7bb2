def add_lists(a: list, b: list) -> np.ndarray:
    n = len(a)
    if n != len(b):
        raise ValueError
    result = np.empty(n)
    result[:] = a
    result += b
    return result
