def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean = imgs.mean(axis=(0, 1, 2), keepdims=True)
    std = imgs.std(axis=(0, 1, 2), keepdims=True)
    return ((imgs - mean) / np.where(std == 0, 1, std)).astype(np.float32)
