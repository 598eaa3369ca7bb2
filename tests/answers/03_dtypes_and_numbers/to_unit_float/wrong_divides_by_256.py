def to_unit_float(img: np.ndarray) -> np.ndarray:
    return img.astype(np.float32) / 256
