def broadcast_shape(s1, s2):
    from itertools import zip_longest

    out = []
    for a, b in zip_longest(s1[::-1], s2[::-1], fillvalue=1):
        if a != b and a != 1 and b != 1:
            raise ValueError("no")
        out.append(b if a == 1 else a)
    return tuple(out)
