def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    std = imgs.std() or 1
    return ((imgs - imgs.mean()) / std).astype(np.float32)
