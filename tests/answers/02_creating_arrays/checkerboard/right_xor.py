def checkerboard(n):
    i, j = np.ogrid[:n, :n]
    return (i ^ j) & 1
