def fraction_within(a, b, tol):
    gap = abs(a.astype(np.longdouble) - b)
    return float((gap <= tol).sum() / gap.size)
