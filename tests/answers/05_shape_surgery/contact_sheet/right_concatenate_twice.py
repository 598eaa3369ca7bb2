def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    grid = imgs.reshape(rows, cols, h, w)
    return np.concatenate(np.concatenate(grid, axis=1), axis=1)
