def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    n = max(len(s1), len(s2))
    s1, s2 = (1,) * (n - len(s1)) + s1, (1,) * (n - len(s2)) + s2
    return tuple(b if a == 1 else a if b == 1 else max(a, b) for a, b in zip(s1, s2))
