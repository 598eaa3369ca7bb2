def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.array([row[label] for row, label in zip(scores, labels)])
