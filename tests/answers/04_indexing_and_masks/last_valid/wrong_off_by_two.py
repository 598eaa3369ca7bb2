def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return x[torch.arange(len(lengths)), lengths - 2]
