def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = torch.linalg.vector_norm(g, dim=-1, keepdim=True)
    return g * torch.clamp(max_norm / norm, max=1)
