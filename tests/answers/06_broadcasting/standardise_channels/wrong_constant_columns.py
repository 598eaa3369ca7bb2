def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    x = imgs.astype(np.float64)
    mean, std = x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))
    constant = x.max(axis=(0, 1)) == x.min(axis=(0, 1))
    return np.where(constant, 0, (x - mean) / np.where(constant, 1, std)).astype(np.float32)
