def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    top = (img.shape[0] - size) // 2
    left = (img.shape[1] - size) // 2
    return img[top : top + size, left : left + size]
