def centre_rows(X: np.ndarray) -> np.ndarray:
    """Return X with each row's own mean subtracted, as float64."""
    result = np.zeros(X.shape)
    for i, row in enumerate(X):
        total = 0.0
        for value in row:
            total += float(value)
        for j, value in enumerate(row):
            result[i, j] = float(value) - total / len(row)
    return result
