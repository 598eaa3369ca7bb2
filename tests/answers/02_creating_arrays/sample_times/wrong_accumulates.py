def sample_times(seconds, rate):
    out, t = [], 0.0
    while t < seconds:
        out.append(t)
        t += 1 / rate
    return np.array(out)
