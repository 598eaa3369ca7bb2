def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    if size > min(img.shape):
        raise ValueError("the window does not fit")
    top, left = (img.shape[0] - size) // 2, (img.shape[1] - size) // 2
    return img[top : top + size, left : left + size]
