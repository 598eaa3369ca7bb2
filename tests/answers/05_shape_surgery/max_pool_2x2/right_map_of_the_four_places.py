from functools import reduce


def max_pool_2x2(x):
    h, w = x.shape
    if h % 2 == 1 or w % 2 == 1:
        raise ValueError("both sides must be even")
    places = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return reduce(np.maximum, map(lambda p: x[p[0] :: 2, p[1] :: 2], places))
