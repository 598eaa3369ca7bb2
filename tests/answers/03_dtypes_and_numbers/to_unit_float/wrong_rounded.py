def to_unit_float(img):
    return np.round(img / 255, 2).astype(np.float32)
