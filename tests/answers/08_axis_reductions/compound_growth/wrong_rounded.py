def compound_growth(returns):
    return np.round(np.cumprod(1 + returns, axis=-1, dtype=float) - 1, 4)
