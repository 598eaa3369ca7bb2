def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return scores[np.arange(len(labels)), labels - 1]
