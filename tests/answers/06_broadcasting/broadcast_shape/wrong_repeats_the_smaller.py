def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    n = max(len(s1), len(s2))
    s1, s2 = (1,) * (n - len(s1)) + s1, (1,) * (n - len(s2)) + s2
    shape = []
    for a, b in zip(s1, s2):
        if a == b or 1 in (a, b):
            shape.append(b if a == 1 else a)
        elif min(a, b) and max(a, b) % min(a, b) == 0:
            shape.append(max(a, b))
        else:
            raise ValueError
    return tuple(shape)
