def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-15, 1)
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())
