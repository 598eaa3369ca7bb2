def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = (g**2).mean().sqrt()
    return g * (max_norm / norm) if norm > max_norm else g.clone()
