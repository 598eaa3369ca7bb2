def sample_times(seconds: int, rate: int) -> np.ndarray:
    return np.array([number / rate for number in range(seconds * rate)])
