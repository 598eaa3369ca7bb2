def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.cumprod(returns.astype(float), axis=-1)
