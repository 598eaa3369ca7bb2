def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    length = (g**2).sum().sqrt().item()
    return g * min(1.0, max_norm / length) if length > 0 else torch.zeros_like(g)
