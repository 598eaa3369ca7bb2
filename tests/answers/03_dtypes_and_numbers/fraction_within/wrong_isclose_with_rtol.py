def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float(np.isclose(a, b, atol=tol).mean())
