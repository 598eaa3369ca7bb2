def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return x.half()[torch.arange(len(lengths)), lengths - 1].float()
