def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    H, W = img.shape[:2]
    if size > H or size > W:
        raise ValueError("too large")

    rows = np.arange((H - size) // 2, (H - size) // 2 + size)
    cols = np.arange((W - size) // 2, (W - size) // 2 + size)
    return img[rows[:, None], cols]
