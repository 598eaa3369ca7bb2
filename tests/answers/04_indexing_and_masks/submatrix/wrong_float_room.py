def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    block = np.zeros((len(rows), len(cols)))
    for i in range(len(rows)):
        for j in range(len(cols)):
            block[i, j] = a[rows[i], cols[j]]
    return block
