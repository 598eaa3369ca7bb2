def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return shares[np.arange(len(labels)), labels]
