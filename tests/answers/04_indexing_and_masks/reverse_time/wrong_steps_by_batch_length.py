def reverse_time(x: torch.Tensor) -> torch.Tensor:
    B = x.shape[0]
    return x[:, torch.arange(B - 1, -1, -1)]
