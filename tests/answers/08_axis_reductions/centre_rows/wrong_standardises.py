def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    Y = X.astype(float)
    return (Y - Y.mean(1, keepdims=True)) / Y.std(1, keepdims=True)
