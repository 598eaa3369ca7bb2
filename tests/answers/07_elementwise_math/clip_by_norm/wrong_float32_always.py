def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = g.norm()
    factor = (max_norm / norm) if norm > max_norm else 1.0
    return (g * factor).to(torch.float32)
