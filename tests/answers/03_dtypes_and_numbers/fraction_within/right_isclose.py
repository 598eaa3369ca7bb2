def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    close = np.isclose(a.astype(np.float64), b.astype(np.float64), rtol=0, atol=tol)
    return np.mean(close)
