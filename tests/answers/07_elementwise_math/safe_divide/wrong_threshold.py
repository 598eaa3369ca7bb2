def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    return np.where(np.abs(b) < 1e-10, fill, a / np.where(b == 0, 1, b))
