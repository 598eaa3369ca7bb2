def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=0), imgs.std(axis=0)
    return ((imgs - mean) / np.where(np.ptp(imgs, axis=0) == 0, 1, std)).astype(np.float32)
