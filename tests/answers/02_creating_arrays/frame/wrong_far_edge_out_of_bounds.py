def frame(h, w, thickness, value=1.0):
    a = np.zeros((h, w))
    for t in range(thickness):
        a[t, :] = value
        a[h - t, :] = value
        a[:, t] = value
        a[:, w - t] = value
    return a
