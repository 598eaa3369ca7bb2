def safe_norm(x: torch.Tensor) -> torch.Tensor:
    square = (x**2).sum().reshape(1)
    harmless = torch.where(square > 0, square, 1.0)
    return torch.where(square > 0, harmless.sqrt(), 0.0)
