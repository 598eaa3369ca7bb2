def frame(h, w, thickness, value=1.0):
    return np.pad(np.zeros((h, w)), thickness, constant_values=value)
