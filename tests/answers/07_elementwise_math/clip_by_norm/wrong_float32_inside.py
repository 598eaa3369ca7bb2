def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    short = g.float()
    factor = min(1.0, max_norm / max(short.norm().item(), 1e-30))
    return (factor * short).to(g.dtype)
