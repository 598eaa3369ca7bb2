def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    wide = img.astype(np.int32)
    wide += delta
    wide[wide < 0] = 0
    wide[wide > 255] = 255
    return wide.astype(np.uint8)
