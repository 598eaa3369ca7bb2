def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float(np.allclose(a.astype(float), b.astype(float), rtol=0, atol=tol))
