def scale_channels(imgs, scales):
    return imgs * scales.repeat(1, 1)[:, None, None, :]
