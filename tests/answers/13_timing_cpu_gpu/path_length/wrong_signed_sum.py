def path_length(P: np.ndarray) -> float:
    return float(np.diff(P, axis=0).sum())
