def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.zeros((h, w))
    a[thickness : h - thickness, thickness : w - thickness] = value
    return a
