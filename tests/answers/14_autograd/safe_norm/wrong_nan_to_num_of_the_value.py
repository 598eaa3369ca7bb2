def safe_norm(x: torch.Tensor) -> torch.Tensor:
    return torch.nan_to_num((x**2).sum().sqrt())
