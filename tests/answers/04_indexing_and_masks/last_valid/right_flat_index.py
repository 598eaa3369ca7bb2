def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    B, T, D = x.shape
    return x.reshape(B * T, D)[torch.arange(B) * T + lengths - 1]
