def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[:2]
    if size > H or size > W:
        raise ValueError("too large")

    r, c = H // 2, W // 2
    return img[r - size // 2 : r + size // 2, c - size // 2 : c + size // 2]
