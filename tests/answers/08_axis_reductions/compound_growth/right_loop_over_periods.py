def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    total = np.empty(returns.shape, dtype=np.float64)
    factor = np.ones(returns.shape[:-1])
    for i in range(returns.shape[-1]):
        factor = factor * (1 + returns[..., i].astype(float))
        total[..., i] = factor - 1
    return total
