def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return x[:, torch.arange(x.shape[1] - 1, -1, -1)]
