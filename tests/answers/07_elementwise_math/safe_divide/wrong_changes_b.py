def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    zero = b == 0
    b[zero] = 1
    return np.where(zero, fill, a / b)
