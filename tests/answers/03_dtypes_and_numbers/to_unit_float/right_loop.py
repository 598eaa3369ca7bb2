def to_unit_float(img):
    out = np.zeros(img.shape, dtype=np.float32)
    for place in np.ndindex(img.shape):
        out[place] = int(img[place]) / 255
    return out
