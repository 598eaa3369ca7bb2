def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.cumulative_prod(1 + returns, axis=-1, dtype=np.float64) - 1
