def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    table = imgs.reshape(-1, imgs.shape[-1]).astype(np.float64)
    std = table.std(axis=0)
    std[(table == table[0]).all(axis=0)] = 1
    return ((table - table.mean(axis=0)) / std).reshape(imgs.shape).astype("float32")
