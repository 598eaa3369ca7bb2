def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    shape = []
    for m, n in zip(reversed(s1), reversed(s2)):
        if m != n and m != 1 and n != 1:
            raise ValueError
        shape.append(n if m == 1 else m)
    return tuple(reversed(shape))
