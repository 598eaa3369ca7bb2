def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    a = np.zeros((h, w))
    for ring in range(thickness):
        a[[ring, h - 1 - ring], ring : w - ring] = value
        a[ring : h - ring, [ring, w - 1 - ring]] = value
    return a
