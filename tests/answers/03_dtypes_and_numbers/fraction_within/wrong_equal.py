def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((a == b).mean())
