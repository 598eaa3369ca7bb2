def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    return torch.clamp(g, -max_norm, max_norm)
