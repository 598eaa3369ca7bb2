def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    r, c = np.meshgrid(rows, cols, indexing="ij")
    return a[r, c]
