def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    height, width = img.shape[0], img.shape[1]
    above, left = height - size, width - size
    if above < 0 or left < 0:
        raise ValueError("size must not exceed the height or the width")
    rows = img[above // 2 : height - (above - above // 2)]
    return rows[:, left // 2 : width - (left - left // 2)]
