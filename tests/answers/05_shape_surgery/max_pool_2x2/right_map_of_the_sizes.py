def max_pool_2x2(x):
    if any(map(lambda n: n % 2, x.shape)):
        raise ValueError("odd")
    rows = np.maximum(x[::2], x[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])
