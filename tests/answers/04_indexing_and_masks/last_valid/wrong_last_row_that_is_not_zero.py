def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    real = (x != 0).any(dim=2)
    last = real.shape[1] - 1 - real.flip(1).int().argmax(dim=1)
    return x[torch.arange(len(x)), last]
