def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    return g * torch.clamp(max_norm / (g.norm() + 1e-3), max=1)
