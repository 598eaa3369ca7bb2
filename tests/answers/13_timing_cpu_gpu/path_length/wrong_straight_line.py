def path_length(P: np.ndarray) -> float:
    return float(np.linalg.norm(P[-1] - P[0]))
