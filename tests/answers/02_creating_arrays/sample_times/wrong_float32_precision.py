def sample_times(seconds, rate):
    import torch

    return (torch.arange(seconds * rate) / rate).numpy().astype(np.float64)
