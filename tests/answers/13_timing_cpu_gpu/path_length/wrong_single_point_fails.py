def path_length(P: np.ndarray) -> float:
    steps = np.linalg.norm(np.diff(P, axis=0), axis=1)
    return float(np.cumsum(steps)[-1])
