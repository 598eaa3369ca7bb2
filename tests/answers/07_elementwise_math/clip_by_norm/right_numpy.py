def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    values = g.numpy()
    norm = np.linalg.norm(values.ravel())
    return torch.tensor(values * min(1.0, max_norm / norm) if norm else values, dtype=g.dtype)
