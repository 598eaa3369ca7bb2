def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    picked = x[:, lengths - 1]
    return picked.diagonal(dim1=0, dim2=1)
