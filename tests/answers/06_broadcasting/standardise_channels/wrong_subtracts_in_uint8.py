def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean = imgs.mean(axis=(0, 1, 2)).astype(imgs.dtype)
    std = imgs.std(axis=(0, 1, 2))
    return ((imgs - mean) / np.where(np.ptp(imgs, axis=(0, 1, 2)) == 0, 1, std)).astype(np.float32)
