def _table(A, B):
    table = np.zeros((len(A), len(B)))
    for j, b in enumerate(B):
        table[:, j] = np.sqrt(((A - b) ** 2).sum(axis=1))
    return table


def pairwise_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return _table(A, B)
