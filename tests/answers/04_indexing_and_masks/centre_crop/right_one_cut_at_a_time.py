def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    h, w = img.shape[:2]
    if h < size or w < size:
        raise ValueError
    return img[(h - size) // 2 :][:size][:, (w - size) // 2 :][:, :size]
