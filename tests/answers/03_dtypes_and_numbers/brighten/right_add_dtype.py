def brighten(img, delta):
    return np.clip(np.add(img, delta, dtype=np.int64), 0, 255).astype(np.uint8)
