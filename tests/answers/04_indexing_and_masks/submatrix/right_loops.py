def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    block = np.empty((len(rows), len(cols)), dtype=a.dtype)
    for i, row in enumerate(rows):
        for j, col in enumerate(cols):
            block[i, j] = a[row, col]
    return block
