def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    if g.abs().max() > max_norm:
        return g * (max_norm / g.norm())
    return g.clone()
