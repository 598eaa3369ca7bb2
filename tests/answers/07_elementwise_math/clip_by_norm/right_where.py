def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = torch.linalg.vector_norm(g)
    return torch.where(norm > max_norm, g * (max_norm / norm), g)
