def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    img[:] = np.clip(img.astype(np.int16) + delta, 0, 255)
    return img
