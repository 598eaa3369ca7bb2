def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    a, b = a.astype(float), b.astype(float)
    return float((np.abs(a - b) <= tol * np.abs(b)).mean())
