def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[:2]
    if size > H and size > W:
        raise ValueError("size is larger than the image")
    top, left = (H - size) // 2, (W - size) // 2
    return img[top : top + size, left : left + size]
