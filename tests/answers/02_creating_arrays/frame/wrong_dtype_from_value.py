def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.full((h, w), value)
    a[thickness : h - thickness, thickness : w - thickness] = 0
    return a
