def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    mask = np.arange(scores.shape[1]) == labels[:, np.newaxis]
    return scores[mask]
