def path_length(P):
    d = np.asarray(P, dtype=float)
    d = d[1:] - d[:-1]
    return np.sum(np.einsum("nd,nd->n", d, d) ** 0.5).item()
