def population_std(t: torch.Tensor, dim: int) -> torch.Tensor:
    """Return the standard deviation along dim, dividing by N."""
    return torch.from_numpy(np.asarray(t.numpy().std(axis=dim)))
