def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    i, j = np.indices((h, w))
    a = np.full_like(i, value)
    a[thickness : h - thickness, thickness : w - thickness] = 0
    return a.astype(float)
