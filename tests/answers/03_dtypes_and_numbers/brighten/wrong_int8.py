def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.clip(img.astype(np.int8).astype(int) + delta, 0, 255).astype(np.uint8)
