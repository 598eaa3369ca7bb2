def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    n = imgs.size // imgs.shape[-1]
    mean = imgs.mean(axis=(0, 1, 2))
    std = imgs.std(axis=(0, 1, 2), ddof=1 if n > 1 else 0)
    return ((imgs - mean) / np.where(np.ptp(imgs, axis=(0, 1, 2)) == 0, 1, std)).astype(np.float32)
