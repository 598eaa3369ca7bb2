def path_length(P: np.ndarray) -> float:
    return np.linalg.norm(np.diff(P, axis=0), axis=1)
