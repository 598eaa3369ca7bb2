def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return torch.stack([x[b, n - 1] for b, n in enumerate(lengths)])
