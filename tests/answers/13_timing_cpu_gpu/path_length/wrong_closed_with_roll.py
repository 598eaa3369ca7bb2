def path_length(P: np.ndarray) -> float:
    return float(np.linalg.norm(P - np.roll(P, 1, axis=0), axis=1).sum())
