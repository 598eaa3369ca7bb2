def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return torch.take_along_dim(x, (lengths - 1).view(-1, 1, 1), dim=1)[:, 0]
