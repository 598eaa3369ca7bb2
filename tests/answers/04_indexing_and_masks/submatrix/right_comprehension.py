def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return np.array([[a[r, c] for c in cols] for r in rows])
