import math


def round_half_up(x, decimals=0):
    s = 10**decimals
    return np.array([math.floor(v * s + 0.5) / s for v in x.ravel().tolist()]).reshape(x.shape)
