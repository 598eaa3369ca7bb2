def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    x = imgs if imgs.dtype == np.float64 else imgs.astype(np.float64)
    x -= x.mean(axis=(0, 1, 2))
    std = x.std(axis=(0, 1, 2))
    x /= np.where(np.ptp(x, axis=(0, 1, 2)) == 0, 1, std)
    return x.astype(np.float32)
