def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.cumsum(returns, axis=-1, dtype=float)
