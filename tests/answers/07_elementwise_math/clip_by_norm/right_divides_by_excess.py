def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = torch.sqrt(torch.sum(g * g))
    return g / torch.clamp(norm / max_norm, min=1)
