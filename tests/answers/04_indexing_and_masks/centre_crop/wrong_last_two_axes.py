def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[-2:]
    if size > H or size > W:
        raise ValueError("too large")
    top, left = (H - size) // 2, (W - size) // 2
    return img[..., top : top + size, left : left + size]
