def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    sheet = np.zeros((rows * h, cols * w))
    for k in range(n):
        r, c = k // cols, k % cols
        sheet[r * h : r * h + h, c * w : c * w + w] = imgs[k]
    return sheet
