def max_pool_2x2(x):
    h, w = x.shape
    if h % 2 or w % 2:
        raise ValueError
    return x.reshape(h // 2, 2, w // 2, 2).max(axis=(1, 2))
