def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    block = a[np.ix_(rows, cols)]
    return np.diag(block)
