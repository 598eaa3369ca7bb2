def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    gap = np.subtract(a, b, dtype=np.float64)
    return np.count_nonzero((gap <= tol) & (gap >= -tol)) / gap.size
