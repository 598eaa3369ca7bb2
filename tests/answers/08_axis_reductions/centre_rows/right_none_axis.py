def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    means = X.mean(axis=1, dtype=float)
    return X.astype(float) - means[:, None]
