def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    try:
        return a / b
    except ZeroDivisionError:
        return fill
