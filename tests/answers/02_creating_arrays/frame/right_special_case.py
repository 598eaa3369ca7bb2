def frame(h, w, thickness, value=1.0):
    a = np.zeros((h, w))
    if thickness > 0:
        a[:thickness, :] = value
        a[-thickness:, :] = value
        a[:, :thickness] = value
        a[:, -thickness:] = value
    return a
