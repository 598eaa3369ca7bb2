def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.clip((img.astype(np.int16) + delta).astype(np.uint8), 0, 255)
