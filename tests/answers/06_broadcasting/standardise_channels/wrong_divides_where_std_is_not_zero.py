def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    x = imgs.astype(np.float64)
    mean, std = x.mean(axis=(0, 1, 2)), x.std(axis=(0, 1, 2))
    z = np.zeros(x.shape)
    np.divide(x - mean, std, out=z, where=std != 0)
    return z.astype(np.float32)
