def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    one_hot = np.eye(scores.shape[1])[labels]
    return (scores * one_hot).sum(axis=1)
