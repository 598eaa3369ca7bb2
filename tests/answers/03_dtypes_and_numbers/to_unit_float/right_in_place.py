def to_unit_float(img):
    out = np.array(img, dtype=np.float32)
    out /= 255
    return out
