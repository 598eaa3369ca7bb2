def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    return X.astype(float) - np.median(X, axis=1, keepdims=True)
