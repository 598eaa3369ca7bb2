def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    step = max(-128, min(127, delta))
    return np.clip(img.astype(np.int16) + step, 0, 255).astype(np.uint8)
