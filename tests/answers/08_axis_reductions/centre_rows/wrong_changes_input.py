def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    X = X.astype(float, copy=False)
    X -= X.mean(axis=1, keepdims=True)
    return X
