def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    i, j = np.indices((h, w))
    near = np.minimum(np.minimum(i, h - 1 - i), np.minimum(j, w - 1 - j)) < thickness
    return np.where(near, float(value), 0.0)
