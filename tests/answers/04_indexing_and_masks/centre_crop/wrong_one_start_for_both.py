def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[:2]
    if size > H or size > W:
        raise ValueError("too large")

    start = (min(H, W) - size) // 2
    return img[start : start + size, start : start + size]
