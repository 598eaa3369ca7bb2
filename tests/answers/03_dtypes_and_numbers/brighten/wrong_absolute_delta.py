def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.clip(img.astype(np.int16) + abs(delta), 0, 255).astype(np.uint8)
