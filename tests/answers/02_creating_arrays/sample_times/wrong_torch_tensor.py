def sample_times(seconds: int, rate: int) -> np.ndarray:
    return torch.arange(seconds * rate, dtype=torch.float64) / rate
