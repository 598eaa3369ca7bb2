def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    return g * (max_norm / g.norm())
