def int_bins(x, width):
    cut = (x / width).astype(np.int64)
    return cut - (cut * width > x)
