def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(rate) / rate
