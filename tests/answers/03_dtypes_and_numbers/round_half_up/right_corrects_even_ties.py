def round_half_up(x, decimals=0):
    y = np.asarray(x, dtype=np.float64) * 10**decimals
    rounded = np.rint(y)
    rounded[y - rounded == 0.5] += 1
    return rounded / 10**decimals
