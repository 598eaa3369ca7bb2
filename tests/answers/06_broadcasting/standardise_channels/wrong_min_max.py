def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    low, high = imgs.min(axis=(0, 1, 2)), imgs.max(axis=(0, 1, 2))
    return ((imgs - low.astype(float)) / np.where(high == low, 1, high - low)).astype(np.float32)
