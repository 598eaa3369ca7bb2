def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    pick = np.vectorize(lambda i: scores[i, labels[i]])
    return pick(np.arange(len(labels)))
