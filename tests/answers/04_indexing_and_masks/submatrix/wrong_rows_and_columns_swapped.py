def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return a[np.ix_(cols, rows)]
