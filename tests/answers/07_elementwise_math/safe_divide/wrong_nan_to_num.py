def safe_divide(a: np.ndarray, b: np.ndarray, fill: float = 0.0) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.nan_to_num(a / b, nan=fill)
