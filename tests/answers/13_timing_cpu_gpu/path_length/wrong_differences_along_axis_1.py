def path_length(P: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(P, axis=1), axis=0).sum())
