def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    x = imgs.astype(np.float64)
    centred = x - x.mean((0, 1, 2))
    return (centred / (x.std((0, 1, 2)) + 1e-12)).astype(np.float32)
