def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((np.maximum(a, b) - np.minimum(a, b) <= tol).mean())
