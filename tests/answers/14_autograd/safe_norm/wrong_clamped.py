def safe_norm(x: torch.Tensor) -> torch.Tensor:
    return (x**2).sum().clamp(min=1e-12).sqrt()
