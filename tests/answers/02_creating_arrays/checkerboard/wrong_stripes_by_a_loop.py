def checkerboard(n):
    a = np.ones((n, n), dtype=np.int64)
    for i in range(n):
        a[i, ::2] = 0
    return a
