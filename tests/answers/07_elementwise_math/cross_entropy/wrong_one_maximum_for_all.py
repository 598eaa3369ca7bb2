def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    z = logits - logits.max()
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels]))
