def path_length(P: np.ndarray) -> float:
    return float(sum(np.linalg.norm(P[i + 1] - P[i]) for i in range(len(P) - 1)))
