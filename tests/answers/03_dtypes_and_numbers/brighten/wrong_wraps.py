def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return img + np.array(delta).astype(np.uint8)
