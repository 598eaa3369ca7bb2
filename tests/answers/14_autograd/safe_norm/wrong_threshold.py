def safe_norm(x: torch.Tensor) -> torch.Tensor:
    square = (x**2).sum()
    harmless = torch.where(square > 1e-8, square, 1.0)
    return torch.where(square > 1e-8, harmless.sqrt(), 0.0 * square)
