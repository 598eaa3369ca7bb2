def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    return float((np.abs(a.astype(np.int64) - b.astype(np.int64)) <= tol).mean())
