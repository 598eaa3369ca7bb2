def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm().item()
    return g * min(1.0, max_norm / norm)
