def safe_norm(x: torch.Tensor) -> torch.Tensor:
    if not x.any():
        return torch.tensor(0.0, dtype=x.dtype)
    return (x**2).sum().sqrt()
