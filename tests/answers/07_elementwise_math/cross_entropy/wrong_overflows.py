def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    log_sum = np.log(np.exp(logits).sum(axis=1))
    return float(np.mean(log_sum - logits[np.arange(len(labels)), labels]))
