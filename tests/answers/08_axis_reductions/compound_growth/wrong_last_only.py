def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.prod(1.0 + returns, axis=-1) - 1
