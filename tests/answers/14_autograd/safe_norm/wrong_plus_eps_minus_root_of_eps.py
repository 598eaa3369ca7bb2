def safe_norm(x: torch.Tensor) -> torch.Tensor:
    eps = 1e-12
    return ((x**2).sum() + eps).sqrt() - eps**0.5
