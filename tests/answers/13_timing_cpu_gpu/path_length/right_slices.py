def path_length(P: np.ndarray) -> float:
    steps = P[1:] - P[:-1]
    return np.sqrt(np.sum(steps * steps, axis=-1)).sum()
