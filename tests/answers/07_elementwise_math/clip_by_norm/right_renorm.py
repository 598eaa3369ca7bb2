def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    flat = g.reshape(1, -1)
    return torch.renorm(flat, p=2, dim=0, maxnorm=max_norm).reshape(g.shape).clone()
