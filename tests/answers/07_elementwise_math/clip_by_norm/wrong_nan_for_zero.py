def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm()
    return g / norm * torch.clamp(norm, max=max_norm)
