def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm()
    return g.abs() * (max_norm / norm) if norm > max_norm else g.clone()
