def safe_norm(x: torch.Tensor) -> torch.Tensor:
    return (x**2).sum().sqrt() if x.any() else x.sum()
