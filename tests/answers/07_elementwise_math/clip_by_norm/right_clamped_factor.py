def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    factor = torch.clamp(max_norm / g.norm(), max=1.0)
    return g * factor
