def sample_times(seconds, rate):
    return np.add.outer(np.arange(seconds), np.arange(rate) / rate).ravel()
