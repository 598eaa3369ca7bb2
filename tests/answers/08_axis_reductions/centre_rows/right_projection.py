def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    D = X.shape[1]
    return X.astype(np.float64) @ (np.eye(D) - np.ones((D, D)) / D)
