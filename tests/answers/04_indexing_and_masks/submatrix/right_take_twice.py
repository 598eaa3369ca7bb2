def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return np.take(np.take(a, rows, axis=0), cols, axis=1)
