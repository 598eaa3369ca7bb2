def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    wide = img.astype(np.int16) + delta
    return np.where((wide >= 0) & (wide <= 255), wide, img).astype(np.uint8)
