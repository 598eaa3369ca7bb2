def sample_times(seconds, rate):
    return np.cumsum(np.full(seconds * rate, 1 / rate)) - 1 / rate
