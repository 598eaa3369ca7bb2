def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm()
    if norm <= max_norm:
        return g
    return g * (max_norm / norm)
