def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    z = (logits.T - logits.max(axis=1)).T
    sums = np.exp(z).sum(axis=1)
    log_p = z - np.log(sums) if z.shape[0] == z.shape[1] else (z.T - np.log(sums)).T
    return float(-log_p[np.arange(len(labels)), labels].mean())
