def compound_growth(returns: np.ndarray) -> np.ndarray:
    """Return the running total return along the last axis."""
    with np.errstate(divide="ignore"):
        return np.expm1(np.log1p(returns.astype(np.float64)).cumsum(axis=-1))
