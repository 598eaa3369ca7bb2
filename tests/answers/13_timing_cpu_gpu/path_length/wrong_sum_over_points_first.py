def path_length(P: np.ndarray) -> float:
    return float(np.sqrt((np.diff(P, axis=0) ** 2).sum(axis=0)).sum())
