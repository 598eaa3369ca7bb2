def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(0, seconds * rate, dtype=np.float64) * (1 / rate)
