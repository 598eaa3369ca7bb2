def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    t -= t.mean(dim, keepdim=True)
    return (t**2).mean(dim).sqrt()
