def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return x.index_select(1, lengths - 1)
