def to_unit_float(img):
    return np.array([value / 255 for value in img.ravel().tolist()], dtype=np.float32)
