def sample_times(seconds: int, rate: int) -> np.ndarray:
    return (np.arange(seconds * rate) // rate).astype(float)
