def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.maximum(img.astype(np.int16) + delta, 0).astype(np.uint8)
