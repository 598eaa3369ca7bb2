def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    return torch.sqrt(torch.var(t, dim=dim, correction=0))
