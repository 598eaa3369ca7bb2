def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    index = (lengths - 1)[:, None, None]
    return x.gather(1, index).squeeze(1)
