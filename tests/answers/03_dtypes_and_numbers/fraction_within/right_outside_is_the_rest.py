def fraction_within(a, b, tol):
    far = np.abs(np.asarray(a, dtype=float) - np.asarray(b, dtype=float)) > tol
    return 1 - far.sum() / far.size
