def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    return tuple(torch.broadcast_shapes(s1, s2))
