def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return (torch.cumprod(1 + torch.from_numpy(returns.astype(float)), dim=-1) - 1).numpy()
