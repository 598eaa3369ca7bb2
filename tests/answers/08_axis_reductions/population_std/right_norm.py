def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    n = t.shape[dim]
    centred = t - t.sum(dim, keepdim=True) / n
    return torch.linalg.vector_norm(centred, dim=dim) / n**0.5
