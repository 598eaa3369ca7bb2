def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return a[np.asarray(rows)[:, np.newaxis], np.asarray(cols)]
