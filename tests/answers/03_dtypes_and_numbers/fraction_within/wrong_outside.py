def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((np.abs(a.astype(np.float64) - b.astype(np.float64)) > tol).mean())
