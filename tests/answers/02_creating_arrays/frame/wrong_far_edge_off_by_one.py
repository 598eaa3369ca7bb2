def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.full((h, w), float(value))
    a[thickness : h - thickness - 1, thickness : w - thickness - 1] = 0
    return a
