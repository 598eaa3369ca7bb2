def brighten(img: np.ndarray, delta: int) -> np.ndarray:
    return np.minimum(np.maximum(img.astype(float) + delta, 0), 255).astype("uint8")
