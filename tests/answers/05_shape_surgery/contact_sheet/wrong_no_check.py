def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    _, h, w = imgs.shape
    sheet = np.zeros((rows * h, cols * w), dtype=imgs.dtype)
    for k in range(rows * cols):
        r, c = divmod(k, cols)
        sheet[r * h : r * h + h, c * w : c * w + w] = imgs[k]
    return sheet
