def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    r = np.zeros(a.shape[0], dtype=bool)
    c = np.zeros(a.shape[1], dtype=bool)
    r[rows] = True
    c[cols] = True
    return a[r][:, c]
