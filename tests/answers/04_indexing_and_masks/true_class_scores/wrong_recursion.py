def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if len(labels) == 0:
        return np.zeros(0)
    return np.append(scores[0, labels[0]], true_class_scores(scores[1:], labels[1:]))
