def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    if not s1 or not s2:
        return s1 or s2
    *rest1, m = s1
    *rest2, n = s2
    if m != n and 1 not in (m, n):
        raise ValueError
    return (*broadcast_shape(tuple(rest1), tuple(rest2)), n if m == 1 else m)
