def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    table = np.zeros((len(A), len(B)))
    for i in range(len(A)):
        for j in range(len(B)):
            table[i, j] = np.sqrt(((A[i] - B[j]) ** 2).sum())
    return table
