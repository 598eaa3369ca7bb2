def standardise_channels(imgs: np.ndarray) -> np.ndarray:
    table = imgs.reshape(-1, imgs.shape[-1]).astype(np.float64)
    table = table - table.mean(axis=0)
    std = np.sqrt((table**2).mean(axis=0))
    std[std == 0] = 1
    return (table / std).reshape(imgs.shape).astype("float32")
