def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    shape = []
    for back in range(1, max(len(s1), len(s2)) + 1):
        m = s1[-back] if back <= len(s1) else 1
        n = s2[-back] if back <= len(s2) else 1
        if m == 1:
            shape.insert(0, n)
        elif n == 1 or m == n:
            shape.insert(0, m)
        else:
            raise ValueError("shapes do not fit")
    return tuple(shape)
