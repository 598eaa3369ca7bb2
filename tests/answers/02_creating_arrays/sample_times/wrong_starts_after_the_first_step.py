def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(1, seconds * rate + 1) / rate
