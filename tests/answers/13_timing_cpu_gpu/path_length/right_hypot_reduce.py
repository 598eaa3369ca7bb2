def path_length(P: np.ndarray) -> float:
    steps = np.diff(P.T)
    return float(np.hypot.reduce(steps, axis=0).sum())
