def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    far = t - t.mean(dim, keepdim=True)
    return (far * far).mean(dim).sqrt()
