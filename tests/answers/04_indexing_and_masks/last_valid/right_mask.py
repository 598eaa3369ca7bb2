def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    last = torch.arange(x.shape[1]) == (lengths - 1).unsqueeze(1)
    return x[last]
