def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    i = np.arange(rows * h)[:, None]
    j = np.arange(cols * w)[None, :]
    return imgs[i // h * cols + j // w, i % h, j % w]
