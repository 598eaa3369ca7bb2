def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(seconds * rate, dtype=np.float32) / np.float32(rate)
