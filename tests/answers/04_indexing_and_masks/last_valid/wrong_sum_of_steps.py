def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    return (x * mask.unsqueeze(2)).sum(dim=1)
