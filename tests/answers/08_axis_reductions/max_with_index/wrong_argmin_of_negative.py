def max_with_index(x, axis):
    return x.max(axis=axis), (-x).argmin(axis=axis)
