def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return x[:, -1]
