def to_unit_float(img: np.ndarray) -> np.ndarray:
    return np.divide(img, 255, dtype=np.float32)
