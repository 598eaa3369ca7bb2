def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    norm = np.linalg.norm(g.numpy())
    return g.numpy() * min(1.0, max_norm / max(norm, 1e-12))
