def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.minimum(img.astype(np.int16) + delta, 255).astype(np.uint8)
