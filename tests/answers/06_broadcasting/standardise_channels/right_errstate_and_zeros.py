def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        z = (imgs - imgs.mean((0, 1, 2))) / imgs.std((0, 1, 2))
    z[..., imgs.min((0, 1, 2)) == imgs.max((0, 1, 2))] = 0
    return z.astype(np.float32)
