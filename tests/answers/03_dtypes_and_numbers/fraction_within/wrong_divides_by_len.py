def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((np.abs(a.astype(float) - b.astype(float)) <= tol).sum() / len(a))
