def submatrix(a, rows, cols):
    return a[np.ix_(list(dict.fromkeys(rows)), list(dict.fromkeys(cols)))]
