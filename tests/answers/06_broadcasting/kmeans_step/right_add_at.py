def kmeans_step(X: np.ndarray, C: np.ndarray) -> tuple:
    N, D = X.shape
    K = len(C)
    labels = ((C[:, None] - X) ** 2).sum(axis=2).argmin(axis=0)
    sums, counts = np.zeros((K, D)), np.zeros(K)
    np.add.at(sums, labels, X)
    np.add.at(counts, labels, 1)
    new_C = np.array(C, dtype=float)
    full = counts > 0
    new_C[full] = sums[full] / counts[full, None]
    return labels, new_C
