def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    picks = torch.zeros(x.shape[0], 1, x.shape[1])
    picks[torch.arange(x.shape[0]), 0, lengths - 1] = 1.0
    return torch.bmm(picks, x)[:, 0, :]
