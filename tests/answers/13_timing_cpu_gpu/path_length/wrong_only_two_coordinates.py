def path_length(P: np.ndarray) -> float:
    return float(np.hypot(np.diff(P[:, 0]), np.diff(P[:, 1])).sum())
