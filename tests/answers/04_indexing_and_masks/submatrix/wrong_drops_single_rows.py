def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    return a[rows][:, cols].squeeze()
