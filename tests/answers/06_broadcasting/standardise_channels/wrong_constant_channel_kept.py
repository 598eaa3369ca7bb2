def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=(0, 1, 2)), imgs.std(axis=(0, 1, 2))
    constant = np.ptp(imgs, axis=(0, 1, 2)) == 0
    return np.where(constant, imgs, (imgs - mean) / np.where(constant, 1, std)).astype(np.float32)
