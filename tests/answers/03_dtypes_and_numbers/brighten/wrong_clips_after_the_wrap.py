def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.clip(img + delta, 0, 255)
