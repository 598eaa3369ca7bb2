def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n < rows * cols:
        raise ValueError("too few images")
    return imgs[: rows * cols].reshape(rows, cols, h, w).swapaxes(1, 2).reshape(rows * h, cols * w)
