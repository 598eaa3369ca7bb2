def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    step = np.uint8(abs(delta))
    if delta < 0:
        return np.where(img > step, img - step, np.uint8(0))
    return np.minimum(img, 255 - step) + step
