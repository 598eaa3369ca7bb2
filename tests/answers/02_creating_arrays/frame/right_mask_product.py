def frame(h, w, thickness, value=1.0):
    mask = np.ones((h, w), dtype=bool)
    mask[thickness : h - thickness, thickness : w - thickness] = False
    return mask * float(value)
