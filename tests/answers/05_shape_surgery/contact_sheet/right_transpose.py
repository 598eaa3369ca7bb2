def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    _, h, w = imgs.shape
    return imgs.reshape((rows, cols, h, w)).transpose(0, 2, 1, 3).reshape((rows * h, cols * w))
