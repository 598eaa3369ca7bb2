def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    return np.multiply.accumulate(returns + np.float64(1), axis=returns.ndim - 1, dtype=np.float64) - 1
