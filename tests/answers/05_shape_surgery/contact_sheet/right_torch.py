def contact_sheet(imgs: np.ndarray, rows: int, cols: int) -> np.ndarray:
    n, h, w = imgs.shape
    if n != rows * cols:
        raise ValueError("the number of images does not fit")

    t = torch.from_numpy(np.ascontiguousarray(imgs)).unflatten(0, (rows, cols))
    return t.permute(0, 2, 1, 3).flatten(2, 3).flatten(0, 1).numpy()
