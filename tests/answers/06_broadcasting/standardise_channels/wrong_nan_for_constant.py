def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=(0, 1, 2)), imgs.std(axis=(0, 1, 2))
    with np.errstate(invalid="ignore"):
        return ((imgs - mean) / std).astype(np.float32)
