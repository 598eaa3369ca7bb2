def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    result = np.zeros(imgs.shape, dtype=np.float32)
    for c in range(imgs.shape[-1]):
        channel = imgs[..., c].astype(float)
        if channel.max() > channel.min():
            result[..., c] = (channel - channel.mean()) / channel.std()
    return result
