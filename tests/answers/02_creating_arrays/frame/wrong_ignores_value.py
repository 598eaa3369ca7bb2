def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.ones((h, w))
    a[thickness : h - thickness, thickness : w - thickness] = 0
    return a
