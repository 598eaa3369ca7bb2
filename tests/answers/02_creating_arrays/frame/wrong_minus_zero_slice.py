def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.full((h, w), float(value))
    a[thickness:-thickness, thickness:-thickness] = 0
    return a
