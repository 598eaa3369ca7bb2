def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = torch.linalg.matrix_norm(g, 2) if g.ndim == 2 else g.norm()
    return g * (max_norm / norm) if norm > max_norm else g.clone()
