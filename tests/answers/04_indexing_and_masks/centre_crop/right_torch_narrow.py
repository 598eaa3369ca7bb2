def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    h, w = img.shape[:2]
    if size > h or size > w:
        raise ValueError("the window does not fit")
    t = torch.from_numpy(img)
    return t.narrow(0, (h - size) // 2, size).narrow(1, (w - size) // 2, size).numpy()
