def round_half_up(x, decimals=0):
    y = x * 10.0**decimals
    up = np.trunc(y + 0.5)
    return np.where(y + 0.5 < up, up - 1, up) / 10.0**decimals
