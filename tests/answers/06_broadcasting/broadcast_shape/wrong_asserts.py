def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    n = max(len(s1), len(s2))
    s1, s2 = (1,) * (n - len(s1)) + s1, (1,) * (n - len(s2)) + s2
    for a, b in zip(s1, s2):
        assert a == b or 1 in (a, b)
    return tuple(b if a == 1 else a for a, b in zip(s1, s2))
