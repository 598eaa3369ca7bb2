def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.zeros((h, w))
    if thickness:
        a[0] = a[-1] = value
        a[:, 0] = a[:, -1] = value
    return a
