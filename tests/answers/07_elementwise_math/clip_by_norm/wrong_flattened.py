def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    flat = g.flatten()
    norm = flat.norm()
    return flat * (max_norm / norm) if norm > max_norm else flat.clone()
