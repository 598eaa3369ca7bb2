def safe_norm(x: torch.Tensor) -> torch.Tensor:
    if not x.any():
        return (x * 0).sum()
    return (x * x).sum().sqrt()
