def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    n_axes = max(len(s1), len(s2))
    padded = [(1,) * (n_axes - len(s)) + s for s in (s1, s2)]
    out = ()
    for sizes in zip(*padded):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("clash")
        out += (others.pop() if others else 1,)
    return out
