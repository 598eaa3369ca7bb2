def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((np.abs((a - b).astype(np.float64)) <= tol).mean())
