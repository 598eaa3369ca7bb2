def standardise_channels(imgs):
    x = imgs.astype(np.float64)
    x = x - x[:1, :1, :1]
    s = x.std((0, 1), keepdims=True)
    return ((x - x.mean((0, 1), keepdims=True)) / np.where(s == 0, 1, s)).astype(np.float32)
