def sample_times(seconds, rate):
    return torch.arange(seconds * rate, dtype=torch.float64).div(rate).numpy()
