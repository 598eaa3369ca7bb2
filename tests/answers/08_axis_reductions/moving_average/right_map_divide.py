def moving_average(x, k):
    from itertools import accumulate

    c = list(accumulate(x.tolist(), initial=0.0))
    return np.array(list(map(lambda a, b: (b - a) / k, c, c[k:])))
