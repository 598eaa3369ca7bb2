def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    if imgs.shape[0] != rows * cols:
        raise ValueError
    return np.block([[imgs[r * cols + c] for c in range(cols)] for r in range(rows)])
