def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.choose(labels, scores.T)
