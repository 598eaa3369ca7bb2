def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        z = (imgs - imgs.mean((0, 1, 2))) / imgs.std((0, 1, 2))
    return np.nan_to_num(z).astype(np.float32)
