def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    sheet = np.empty((rows * h, cols * w), dtype=imgs.dtype)
    for k, img in enumerate(imgs):
        r, c = divmod(k, cols)
        sheet[r * h : (r + 1) * h, c * w : (c + 1) * w] = img
    return sheet
