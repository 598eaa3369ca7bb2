def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    means = X.mean(axis=1)
    if len(means) == X.shape[1]:
        return X - means
    return X - means[:, None]
