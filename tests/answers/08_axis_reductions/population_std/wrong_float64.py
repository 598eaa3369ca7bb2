def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    return t.double().std(dim=dim, correction=0)
