def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm()
    if norm > max_norm:
        g *= max_norm / norm
    return g.clone()
