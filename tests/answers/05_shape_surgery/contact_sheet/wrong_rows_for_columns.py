def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    return imgs.reshape(cols, rows, h, w).swapaxes(1, 2).reshape(cols * h, rows * w)
