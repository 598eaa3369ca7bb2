def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    if len(imgs) != rows * cols:
        raise ValueError(f"{len(imgs)} images, {rows} x {cols} places")
    strips = [np.hstack(imgs[r * cols : (r + 1) * cols]) for r in range(rows)]
    return np.vstack(strips)
