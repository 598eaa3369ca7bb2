def max_with_index(x, axis):
    return x.max(axis=1), x.argmax(axis=1)
