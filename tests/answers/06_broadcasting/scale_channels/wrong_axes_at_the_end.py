def scale_channels(imgs, scales):
    return imgs * scales[:, :, None, None]
