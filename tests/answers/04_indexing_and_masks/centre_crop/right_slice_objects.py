def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    if size > min(img.shape[:2]):
        raise ValueError("the window does not fit")
    index = tuple(slice((n - size) // 2, (n - size) // 2 + size) for n in img.shape[:2])
    return img[index]
