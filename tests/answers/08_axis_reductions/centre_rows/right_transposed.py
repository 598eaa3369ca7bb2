def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    Y = np.array(X, dtype=np.float64).T
    return (Y - Y.mean(0)).T.copy()
