def to_unit_float(img: np.ndarray) -> np.ndarray:
    return (img / 255).astype(np.float16)
