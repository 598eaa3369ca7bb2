def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    mean, std = imgs.mean(axis=(0, 1, 2)), imgs.std(axis=(0, 1, 2))
    return np.nan_to_num((imgs - mean) / std).astype(np.float32)
