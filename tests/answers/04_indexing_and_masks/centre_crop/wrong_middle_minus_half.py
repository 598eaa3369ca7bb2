def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[:2]
    if size > H or size > W:
        raise ValueError("too large")

    top, left = H // 2 - size // 2, W // 2 - size // 2
    return img[top : top + size, left : left + size]
