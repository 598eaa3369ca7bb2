def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    if len(s1) != len(s2) and 1 not in (len(s1), len(s2)):
        raise ValueError("different numbers of axes")
    return np.broadcast_shapes(s1, s2)
