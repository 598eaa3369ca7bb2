def to_unit_float(img: np.ndarray) -> np.ndarray:
    img = img.astype(np.float32)
    return img / img.max()
