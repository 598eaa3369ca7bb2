def broadcast_shape(s1: tuple, s2: tuple) -> tuple:
    return (np.zeros(s1) + np.zeros(s2)).shape
