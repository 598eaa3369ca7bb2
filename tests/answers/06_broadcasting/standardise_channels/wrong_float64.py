def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=(0, 1, 2)), imgs.std(axis=(0, 1, 2))
    return (imgs - mean) / np.where(np.ptp(imgs, axis=(0, 1, 2)) == 0, 1, std)
