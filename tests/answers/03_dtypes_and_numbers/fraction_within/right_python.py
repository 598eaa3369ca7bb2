def fraction_within(a, b, tol):
    pairs = list(zip(a.ravel().tolist(), b.ravel().tolist()))
    return sum(abs(p - q) <= tol for p, q in pairs) / len(pairs)
