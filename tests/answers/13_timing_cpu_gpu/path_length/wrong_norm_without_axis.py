def path_length(P: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(P, axis=0)))
