def safe_norm(x: torch.Tensor) -> torch.Tensor:
    square = x.square().sum()
    is_zero = square == 0
    root = torch.sqrt(torch.where(is_zero, torch.ones_like(square), square))
    return torch.where(is_zero, torch.zeros_like(square), root)
