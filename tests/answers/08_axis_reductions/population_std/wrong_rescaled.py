def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    n = t.shape[dim]
    return t.std(dim=dim) * ((n - 1) / n) ** 0.5
