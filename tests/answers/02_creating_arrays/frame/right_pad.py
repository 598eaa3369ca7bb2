def frame(h: int, w: int, thickness: int, value: float = 1.0) -> np.ndarray:
    inside = np.zeros((h - 2 * thickness, w - 2 * thickness))
    return np.pad(inside, thickness, constant_values=value)
