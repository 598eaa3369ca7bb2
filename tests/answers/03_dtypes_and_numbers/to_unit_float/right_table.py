TABLE = np.linspace(0, 1, 256, dtype=np.float32)


def to_unit_float(img):
    return TABLE[img]
