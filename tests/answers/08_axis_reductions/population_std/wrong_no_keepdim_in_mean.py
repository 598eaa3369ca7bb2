def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    return ((t - t.mean(dim)) ** 2).mean(dim).sqrt()
