def safe_norm(x: torch.Tensor) -> torch.Tensor:
    if x.sum() == 0:
        return (x * 0).sum()
    return (x**2).sum().sqrt()
