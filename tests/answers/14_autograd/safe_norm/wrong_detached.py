def safe_norm(x: torch.Tensor) -> torch.Tensor:
    square = (x**2).sum()
    return torch.where(square > 0, square.detach().sqrt(), square)
