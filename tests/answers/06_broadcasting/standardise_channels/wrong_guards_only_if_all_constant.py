def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=(0, 1, 2)), imgs.std(axis=(0, 1, 2))
    if (std == 0).all():
        return np.zeros_like(imgs)
    return ((imgs - mean) / std).astype(np.float32)
