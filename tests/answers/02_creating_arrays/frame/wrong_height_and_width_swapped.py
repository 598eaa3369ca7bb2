def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.full((w, h), float(value))
    a[thickness : w - thickness, thickness : h - thickness] = 0
    return a
