def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    return (X - X.mean(axis=1, keepdims=True).astype(X.dtype)).astype(np.float64)
