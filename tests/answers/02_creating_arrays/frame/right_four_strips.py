def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.zeros((h, w))
    a[:thickness] = value
    a[h - thickness :] = value
    a[:, :thickness] = value
    a[:, w - thickness :] = value
    return a
