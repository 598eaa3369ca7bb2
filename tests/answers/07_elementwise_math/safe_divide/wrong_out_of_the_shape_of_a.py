def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    return np.divide(a, b, out=np.full(a.shape, fill, dtype=float), where=b != 0)
