def path_length(P: np.ndarray) -> float:
    P[1:] -= P[:-1].copy()
    return float(np.sqrt((P[1:] ** 2).sum(axis=1)).sum())
