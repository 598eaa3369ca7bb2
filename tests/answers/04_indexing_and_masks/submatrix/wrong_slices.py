def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return a[min(rows) : max(rows) + 1, min(cols) : max(cols) + 1]
