def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.take_along_axis(scores, labels[None, :], axis=0)[0]
