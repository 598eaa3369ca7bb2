def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.linspace(0, seconds, seconds * rate)
