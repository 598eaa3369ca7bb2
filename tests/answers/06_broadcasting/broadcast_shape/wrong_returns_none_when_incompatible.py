def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    try:
        return np.broadcast_shapes(s1, s2)
    except ValueError:
        return None
