def checkerboard(n):
    m = n + 1 - n % 2
    return (np.arange(m * m) % 2).reshape(m, m)[:n, :n]
