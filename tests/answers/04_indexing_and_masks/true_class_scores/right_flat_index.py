def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    n, c = scores.shape
    return scores.ravel()[np.arange(n) * c + labels]
