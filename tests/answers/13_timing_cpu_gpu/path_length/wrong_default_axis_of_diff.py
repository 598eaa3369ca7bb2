def path_length(P: np.ndarray) -> float:
    return float(np.sqrt((np.diff(P) ** 2).sum(axis=1)).sum())
