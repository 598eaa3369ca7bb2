def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    n = max(len(s1), len(s2))
    s1, s2 = s1 + (1,) * (n - len(s1)), s2 + (1,) * (n - len(s2))
    shape = []
    for a, b in zip(s1, s2):
        if a != b and a != 1 and b != 1:
            raise ValueError
        shape.append(b if a == 1 else a)
    return tuple(shape)
