def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    within = np.abs(a.astype(np.float64) - b.astype(np.float64)) <= tol
    return round(float(within.mean()), 2)
