def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    with np.errstate(all="ignore"):
        quotient = a / b
    quotient[~np.isfinite(quotient)] = fill
    return quotient
