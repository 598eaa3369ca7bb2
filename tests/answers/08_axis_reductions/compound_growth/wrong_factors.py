def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.cumprod(1.0 + returns, axis=-1)
