def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean = imgs.mean(axis=(0, 1, 2), keepdims=True)
    std = imgs.std(axis=(0, 1, 2), keepdims=True)
    constant = np.ptp(imgs, axis=(0, 1, 2), keepdims=True) == 0
    return ((imgs - mean) / np.where(constant, 1, std)).astype(np.float32)
