def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    sheet = np.zeros((rows * h, cols * w), dtype=imgs.dtype)
    for k in range(n):
        r, c = divmod(k, cols)
        sheet[r * h : r * h + h, c * h : c * h + w] = imgs[k]
    return sheet
