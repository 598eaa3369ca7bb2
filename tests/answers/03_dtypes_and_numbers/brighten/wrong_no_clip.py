def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return (img.astype(np.int16) + delta).astype(np.uint8)
