def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean = imgs.mean(axis=(1, 2), keepdims=True)
    std = imgs.std(axis=(1, 2), keepdims=True)
    return ((imgs - mean) / np.where(np.ptp(imgs, axis=(1, 2), keepdims=True) == 0, 1, std)).astype(np.float32)
