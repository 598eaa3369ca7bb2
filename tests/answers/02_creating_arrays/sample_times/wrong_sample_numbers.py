def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.arange(seconds * rate, dtype=float)
