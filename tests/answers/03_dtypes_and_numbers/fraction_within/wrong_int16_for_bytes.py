def fraction_within(a: np.ndarray, b: np.ndarray, tol: float) -> float:
    if a.dtype == np.uint8:
        a = a.astype(np.int16)
    return float((np.abs(a - b) <= tol).mean())
