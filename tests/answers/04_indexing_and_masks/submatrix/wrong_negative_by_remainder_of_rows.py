def submatrix(a: np.ndarray, rows, cols) -> np.ndarray:
    n = a.shape[0]
    return a[np.ix_([r % n for r in rows], [c % n for c in cols])]
