import math


def int_bins(x, width):
    return np.array([math.floor(v / width) for v in x.ravel().tolist()], dtype=np.int64).reshape(x.shape)
