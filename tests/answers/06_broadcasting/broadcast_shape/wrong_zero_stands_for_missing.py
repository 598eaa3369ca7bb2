def broadcast_shape(s1, s2):
    n = max(len(s1), len(s2))
    s1 = (1,) * (n - len(s1)) + s1
    s2 = (1,) * (n - len(s2)) + s2
    out = ()
    for a, b in zip(s1, s2):
        if a and b and a != b and a != 1 and b != 1:
            raise ValueError
        out += ((a if b == 1 else b),)
    return out
