def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    one_over = np.divide(1.0, b, out=np.zeros(b.shape), where=b != 0)
    return np.where(b == 0, fill, a * one_over)
