def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    return imgs.reshape(-1, cols, h, w).swapaxes(1, 2).reshape(-1, cols * w)
