def path_length(P: np.ndarray) -> float:
    steps = np.zeros(len(P) - 1, dtype=P.dtype)
    steps[:] = np.linalg.norm(np.diff(P, axis=0), axis=1)
    return float(steps.sum())
