def to_unit_float(img):
    return np.interp(img, [0, 255], [0, 1]).astype("float32")
