def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(0, seconds, 1 / rate)
